// The password travels in one header, and is nowhere else: not in another part of a request, a log
// line, an error or an action of the report.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createAddressListRouter } from "../../../agent/router/address-list.ts";
import { createRouterClient } from "../../../agent/router/client.ts";
import type { Faults } from "../../../sim/routeros/faults.ts";
import { refusal } from "../../../sim/routeros/errors.ts";
import { homeRules } from "../../../sim/routeros/home-rules.ts";
import type { Between } from "../../../sim/routeros/options.ts";
import { aListWorld, AUTH, HUB, LIST, wantedFor } from "./list-world.ts";
import { PASSWORD, valueOf } from "./router-world.ts";

const TOKEN = Buffer.from(`backon:${PASSWORD}`).toString("base64");
const holdsSecret = (told: unknown) => {
  const text = JSON.stringify(told);
  return text.includes(PASSWORD) || text.includes(TOKEN);
};

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** All that the profile does, one after the other; what it told. */
async function everything(between: Between | undefined, arrange: (faults: Faults) => void) {
  const world = await aListWorld({ rules: homeRules, ...(between ? { between } : {}) });
  const told: unknown[] = [];
  told.push(await world.router.ensure(wantedFor(HUB), () => true));
  arrange(world.os.faults);
  told.push(await world.router.ensure(wantedFor(HUB, AUTH), () => true));
  told.push(await world.router.look(), await world.router.refresh?.());
  told.push(await world.router.withdraw());
  return { told, world };
}

const echo: Between = async (request, next) => {
  const { method, authorization = "" } = request;
  const said = `failure: ${atob(authorization.replace("Basic ", ""))} sent ${authorization}`;
  return method === "PUT" ? refusal(400, said) : next(request);
};

test.each<[string, (faults: Faults) => void]>([
  ["nothing", () => undefined],
  ["a refused login", (faults) => (faults.refuseLogin = true)],
  ["REST switched off", (faults) => (faults.restOff = true)],
  ["a missing api policy", (faults) => (faults.noApiPolicy = true)],
  ["a missing write policy", (faults) => (faults.readOnly = true)],
  ["500 on every GET", (faults) => (faults.failGets = 100)],
  ["cut connections", (faults) => (faults.closeGets = 100)],
  ["writes cut before they took effect", (faults) => (faults.closeBeforeApply = 100)],
  ["writes cut after they took effect", (faults) => faults.afterApply.push("close", "400", "500")],
  ["other menus' objects", (faults) => (faults.wrongObjects = 100)],
])("with %s, no log line, error or action holds it", async (_name, arrange) => {
  const { told, world } = await everything(undefined, arrange);
  expect(world.log.length).toBeGreaterThan(5);
  expect(holdsSecret([told, world.log, world.os.writes])).toBe(false);
});

test("a router that repeats it in its errors is not quoted with it", async () => {
  const { told, world } = await everything(echo, () => undefined);
  expect(JSON.stringify(told)).toContain("failure: *** sent Basic ***");
  expect(holdsSecret([told, world.log])).toBe(false);
});

test("a long error is cut after the password has gone from it, not through it", async () => {
  const long = `${"x".repeat(290)}${PASSWORD}`;
  const { told } = await everything(
    async (request, next) => (request.method === "PUT" ? refusal(400, long) : next(request)),
    () => undefined,
  );
  expect(JSON.stringify(told)).toContain("x***");
  expect(JSON.stringify(told)).not.toContain(PASSWORD.slice(0, 6));
});

test("of a request it is in the Authorization header alone", async () => {
  const requests: { url: string; headers: string[]; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      requests.push({ url: request.url ?? "", headers: request.rawHeaders, body });
      const answers: Record<string, object> = {
        "/rest/system/resource": { version: "7.20" },
        "/rest/ipv6/settings": {},
      };
      response.end(JSON.stringify(answers[request.url ?? ""] ?? []));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clock = { now: () => Date.now(), sleep: async () => undefined };
  const options = { url, user: "backon", password: PASSWORD, allowHttp: true, clock };
  const client = valueOf(createRouterClient({ ...options, log: () => undefined }));
  const prefix = "2600:1f18::/32";
  const router = createAddressListRouter({ client, clock, prefix, list: LIST, lifetimeMs: 60_000 });
  await router.ensure(wantedFor(HUB), () => true);
  client.close();
  expect(requests.length).toBeGreaterThan(3);
  for (const { headers, ...others } of requests) {
    const at = headers.indexOf("Authorization");
    expect(headers[at + 1]).toBe(`Basic ${TOKEN}`);
    expect(holdsSecret([others, headers.toSpliced(at, 2)])).toBe(false);
  }
});
