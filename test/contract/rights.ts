// S50–S56: what a user is answered whose group lacks a policy.
import { randomUUID } from "node:crypto";
import type { Policy } from "../../sim/routeros/users.ts";
import { CannotCheck, holds, refuses, same, told, type Check } from "./check.ts";
import { added, aRule, FILTER, get, MARK, names, put, USERS } from "./our-rows.ts";
import type { RestClient, Sent } from "./rest-client.ts";

const EVERYTHING: readonly Policy[] = ["read", "write", "test", "policy", "api", "rest-api"];
const PERMISSION = "not enough permissions (9)";
const UNAUTHORIZED = '401 {"error":401,"message":"Unauthorized"}';

/** A user in a group with just these policies; gives its login. */
async function aUser(router: RestClient, policies: string, address = ""): Promise<Sent> {
  const name = `${USERS}${randomUUID().slice(0, 8)}`;
  const password = randomUUID();
  const group = { name, policy: policies, comment: MARK };
  const made = await put(router, group, "/rest/user/group");
  if (made.status !== 201) throw new CannotCheck(`no group can be made: ${told(made)}`);
  const user = { name, group: name, password, address, comment: MARK };
  same((await put(router, user, "/rest/user")).status, 201, "a user of that group");
  return { login: { user: name, password } };
}

function right(id: string, title: string, check: (router: RestClient) => Promise<void>): Check {
  return { id, title, makesUsers: true, simulated: { policies: EVERYTHING }, check };
}

export const rights: readonly Check[] = [
  right("S50", "without rest-api every request is 401", async (router) => {
    const user = await aUser(router, "read,write,api");
    same(told(await router.send("GET", FILTER, user)), UNAUTHORIZED);
  }),
  right("S51", "with rest-api but without api every request is 500", async (router) => {
    const user = await aUser(router, "read,write,rest-api");
    refuses(await router.send("GET", FILTER, user), 500, "std failure: not allowed (9)");
  }),
  right("S52", "without read a GET is 500", async (router) => {
    const user = await aUser(router, "write,api,rest-api");
    refuses(await router.send("GET", FILTER, user), 500, PERMISSION);
  }),
  right("S53", "without write PUT and POST are 500", async (router) => {
    const id = await added(router, "a");
    const user = await aUser(router, "read,api,rest-api");
    refuses(await router.send("PUT", FILTER, { ...user, body: aRule }), 500, PERMISSION);
    const body = { numbers: id };
    refuses(await router.send("POST", `${FILTER}/move`, { ...user, body }), 500, PERMISSION);
    same(await names(router), "a");
  }),
  right("S53", "without write PATCH is an unclear 400", async (router) => {
    const id = await added(router, "a");
    const user = await aUser(router, "read,api,rest-api");
    const body = { comment: `${MARK} b` };
    const reply = await router.send("PATCH", `${FILTER}/${id}`, { ...user, body });
    refuses(reply, 400, "missing or invalid resource identifier");
    same(await names(router), "a");
  }),
  right("S53", "without write DELETE is 400 or 500", async (router) => {
    const id = await added(router, "a");
    const user = await aUser(router, "read,api,rest-api");
    const reply = await router.send("DELETE", `${FILTER}/${id}`, user);
    router.learn(told(reply));
    if (reply.status === 500) refuses(reply, 500, PERMISSION);
    else refuses(reply, 400, "missing or invalid resource identifier");
    same(await names(router), "a");
  }),
  right("S53", "without write print is allowed", async (router) => {
    const user = await aUser(router, "read,api,rest-api");
    same((await router.send("POST", `${FILTER}/print`, { ...user, body: {} })).status, 200);
  }),
  right("S54", "without test fetch and ping are 500", async (router) => {
    const user = await aUser(router, "read,write,api,rest-api");
    for (const [path, body] of [
      ["/rest/tool/fetch", { url: "https://[2001:db8::1]/", output: "none", duration: "1s" }],
      ["/rest/ping", { address: "2001:db8::1", count: "1" }],
    ] as const)
      refuses(await router.send("POST", path, { ...user, body }), 500, PERMISSION);
  }),
  right("S55", "a user whose address leaves the client out is 401", async (router) => {
    const user = await aUser(router, "read,api,rest-api", "2001:db8::/32");
    same(told(await router.send("GET", FILTER, user)), UNAUTHORIZED);
  }),
  {
    id: "S50",
    title: "a group's new policies count when the login is renewed, 10 minutes later",
    async onSimulator(router, simulator) {
      simulator.operator.addUser({ name: "u", password: "p", policies: ["api", "rest-api"] });
      const login = { user: "u", password: "p" };
      const status = async () => (await router.send("GET", FILTER, { login })).status;
      same(await status(), 500, "before");
      simulator.operator.setPolicies("u", ["read", "api", "rest-api"]);
      await router.pause(595_000);
      same(await status(), 500, "within 10 minutes");
      await router.pause(10_000);
      same(await status(), 200, "after 10 minutes");
    },
  },
  {
    id: "S56",
    title: "with REST off for plain HTTP it answers 403 and HTML",
    simulated: { plainHttp: true },
    async onSimulator(router, simulator) {
      same((await get(router, FILTER)).status, 200, "before");
      simulator.faults.restOff = true;
      const reply = await get(router, FILTER);
      same(reply.status, 403);
      holds(/html/.test(String(reply.headers["content-type"])), "HTML", reply.headers);
    },
  },
];
