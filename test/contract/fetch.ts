// S80: the router's own fetches.
import { CannotCheck, holds, objectIn, refuses, rowsIn, same, told, type Check } from "./check.ts";
import { get, post } from "./our-rows.ts";
import type { Reply, RestClient } from "./rest-client.ts";

const FETCH = "/rest/tool/fetch";
const url = "https://registry-1.docker.io/v2/";
const quiet = { url, output: "none", duration: "10s" };
/** The agent's four policies, and `test`. */
const simulated = { policies: ["read", "write", "test", "api", "rest-api"] } as const;

function mayFetch(reply: Reply): void {
  if (reply.status === 500) throw new CannotCheck(`this user may not fetch: ${told(reply)}`);
}

async function version(router: RestClient): Promise<number[]> {
  const resource = objectIn(await get(router, "/rest/system/resource"));
  return String(resource["version"]).split(/[.\s]/).slice(0, 2).map(Number);
}

export const fetch: readonly Check[] = [
  {
    id: "S80",
    title: "a registry's 401 is a failure that names the status, or a finished fetch",
    simulated,
    async check(router) {
      const reply = await post(router, FETCH, quiet);
      mayFetch(reply);
      router.learn(told(reply));
      const { detail } = objectIn(reply);
      if (reply.status === 400 && !/Status \d{3}/.test(String(detail)))
        throw new CannotCheck(`the registry is out of the router's reach: ${String(detail)}`);
      if (reply.status === 400) refuses(reply, 400, /^failure: Status 401, Unauthorized/);
      else same([reply.status, rowsIn(reply).at(-1)?.["code"]], [200, "401"]);
    },
  },
  {
    id: "S80",
    title: "a fetch that succeeds is told as numbered records",
    simulated,
    async onSimulator(router, simulator) {
      simulator.faults.farSide = "200";
      const reply = await post(router, FETCH, quiet);
      const last = { code: "200", downloaded: "0", duration: "1s", status: "finished", total: "0" };
      same(rowsIn(reply), [
        { ".section": "0", status: "connecting" },
        { ".section": "1", ...last },
      ]);
    },
  },
  {
    id: "S80",
    title: "a stalled handshake fails after the shortest limit, and keeps the user waiting",
    simulated,
    async onSimulator(router, simulator) {
      simulator.faults.farSide = "stalls";
      const body = { ...quiet, duration: "120ms", "idle-timeout": "8s" };
      const before = Date.now();
      const ended: string[] = [];
      const fetched = post(router, FETCH, body).finally(() => ended.push("fetch"));
      while (simulator.requests === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      await get(router, "/rest/system/identity").finally(() => ended.push("other"));
      const reply = await fetched;
      const ms = Date.now() - before;
      router.learn(told(reply));
      same(ended, ["fetch", "other"], "the order");
      holds(ms >= 115, "at least 120 ms", ms);
      if (reply.status === 400) {
        refuses(reply, 400, /^failure: /);
        refuses(reply, 400, /^(?!.*Status \d{3})/);
      } else same(rowsIn(reply).at(-1)?.["status"], "failed");
    },
  },
  {
    id: "S80",
    title: "ip-type is unknown before 7.24",
    simulated,
    async check(router) {
      const [major = 0, minor = 0] = await version(router);
      if (major > 7 || minor >= 24) throw new CannotCheck(`this is ${major}.${minor}`);
      const reply = await post(router, FETCH, { ...quiet, "ip-type": "ipv6" });
      mayFetch(reply);
      refuses(reply, 400, "unknown parameter ip-type");
    },
  },
  {
    id: "S80",
    title: "ip-type is known from 7.24",
    simulated: { ...simulated, version: "7.24 (stable)" },
    async check(router) {
      const [major = 0, minor = 0] = await version(router);
      if (major === 7 && minor < 24) throw new CannotCheck(`this is ${major}.${minor}`);
      const reply = await post(router, FETCH, { ...quiet, "ip-type": "ipv6" });
      mayFetch(reply);
      const { detail } = objectIn(reply);
      holds(!String(detail).startsWith("unknown parameter"), "no unknown parameter", told(reply));
    },
  },
];
