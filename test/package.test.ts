// What `npm pack` makes works from an empty folder, under the oldest Node and under the project's own.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ownNode } from "./support/own-node.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
type Ran = { readonly code: number; readonly out: string; readonly err: string };

let folder = "";
let installed = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "backon-package-"));
  installed = join(folder, "empty");
  await mkdir(installed);
  await command(["npm", "pack", "--silent", "--pack-destination", folder], ROOT);
  const [tarball = ""] = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
  const words = ["install", "--no-audit", "--no-fund", "--prefer-offline", join(folder, tarball)];
  expect(await command(["npm", ...words], installed)).toMatchObject({ code: 0 });
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Without anything of this project in the PATH; no name resolves, so nothing is reached. */
function command([program = "", ...words]: readonly string[], cwd: string, node?: string) {
  const path = (process.env["PATH"] ?? "").split(delimiter);
  const others = path.filter((entry) => cwd === ROOT || !entry.includes("node_modules"));
  const PATH = [...(node === undefined ? [] : [dirname(node)]), ...others].join(delimiter);
  const env = { HOME: process.env["HOME"], PATH, DNS_SERVERS: "127.0.0.1:9" };
  return new Promise<Ran>((resolve) => {
    const child = execFile(program, words, { cwd, env, timeout: 240_000 }, (_error, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

test("it has the program, the Worker and the words for people, and no test", async () => {
  const files = await readdir(join(installed, "node_modules/backon"), { recursive: true });
  for (const file of ["bin/backon.mjs", "dist/backon.cjs", "dist/worker/worker.mjs", "README.md"])
    expect(files).toContain(file);
  expect(files.filter((file) => /test|\.map$|^cli|^sim|^agent/.test(file))).toEqual([]);
  const own = await readFile(join(installed, "node_modules/backon/package.json"), "utf8");
  expect(own).not.toContain('"private"');
});

describe.each([
  ["the machine's own Node", ownNode()],
  ["the Node of the project", process.execPath],
])("under %s", (_which, node) => {
  const backon = (...words: string[]) => command(["npx", "backon", ...words], installed, node);

  test("diagnose measures and names the cause", { timeout: 240_000 }, async () => {
    const { code, out } = await backon("diagnose");
    expect(out).toContain("dns-failure: ");
    expect(code).toBe(1);
  });

  test("plan prints the rule", { timeout: 240_000 }, async () => {
    const { code, out } = await backon("plan", "--format", "routeros");
    expect(out).toContain("/ipv6 firewall filter add chain=forward action=reject");
    expect(code).toBe(0);
  });

  test("demo --once tells a story to its end", { timeout: 240_000 }, async () => {
    const words = ["demo", "--once", "--port", "0", "--fault", "not-found", "--json"];
    const { code, out } = await backon(...words);
    expect(JSON.parse(out)).toMatchObject({ good: true, verdict: "image.not_found" });
    expect(code).toBe(0);
  });
});
