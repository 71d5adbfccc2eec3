// A secret that comes from a file is taken from it anew: a rotation needs no restart, and both stay hushed.
import http from "node:http";
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ownClock, routerOf } from "../../../agent/settings/outside.ts";
import { hushOf, newestOf } from "../../../agent/settings/secrets.ts";
import { settingsOf } from "../../support/a-policy.ts";

const OLD = "the-old-secret-of-this-test";
const NEW = "the-new-secret-of-this-test";

function aFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "backon-rotation-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "secret");
  writeFileSync(file, `${OLD}\n`);
  return file;
}

test("the Worker's token is the newest; while its file is away or empty, the last one", () => {
  const file = aFile();
  const token = newestOf(settingsOf({ WORKER_TOKEN_FILE: file }), "WORKER_TOKEN");
  const seen = [token()];
  writeFileSync(file, "");
  seen.push(token());
  unlinkSync(file);
  seen.push(token());
  writeFileSync(file, NEW);
  seen.push(token());

  expect(seen).toEqual([OLD, OLD, OLD, NEW]);
});

test("old and new are both taken out of what is told", () => {
  const file = aFile();
  const hush = hushOf(settingsOf({ WORKER_TOKEN_FILE: file }));
  writeFileSync(file, NEW);

  expect(hush.text(`${OLD} and ${NEW}`)).toBe("*** and ***");
});

test("the router gets the newest password", async () => {
  const file = aFile();
  const logins: string[] = [];
  const server = http.createServer((request, response) => {
    const [, basic = ""] = (request.headers.authorization ?? "").split(" ");
    logins.push(Buffer.from(basic, "base64").toString());
    response.writeHead(401).end("{}");
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close().closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const own = { ROUTER_USER: "backon", ROUTER_PASSWORD_FILE: file, ROUTER_ALLOW_HTTP: "yes" };
  const settings = settingsOf({
    ...own,
    ROUTER_URL: `http://127.0.0.1:${port}`,
    ROUTER_PAUSE_MS: "1",
  });
  const router = routerOf(settings, ownClock(), () => {});
  if (!router.ok || router.value === null) throw new Error("no router");

  await router.value.look();
  writeFileSync(file, NEW);
  await router.value.look();

  expect(new Set(logins)).toEqual(new Set([`backon:${OLD}`, `backon:${NEW}`]));
});
