// S1–S8: what is there without a menu, and what is refused before one is reached.
import { holds, objectIn, refuses, rowsIn, same, told, type Check } from "./check.ts";
import { aRule, FILTER, get } from "./our-rows.ts";

const anonymous = { login: "none" } as const;

export const surface: readonly Check[] = [
  {
    id: "S1",
    title: "the root page is HTML and needs no login",
    async check(router) {
      const reply = await router.send("GET", "/", anonymous);
      same(reply.status, 200);
      holds(/html/.test(String(reply.headers["content-type"])), "HTML", reply.headers);
    },
  },
  {
    id: "S2",
    title: "without a login the answer is 401 with a challenge",
    async check(router) {
      const reply = await router.send("GET", FILTER, anonymous);
      same(told(reply), '401 {"error":401,"message":"Unauthorized"}');
      const challenge = String(reply.headers["www-authenticate"]);
      holds(challenge.startsWith("Basic"), "WWW-Authenticate: Basic", challenge);
    },
  },
  {
    id: "S2",
    title: "a wrong password gets the same 401",
    async check(router) {
      const login = { user: router.login.user, password: "not-the-password" };
      const reply = await router.send("GET", FILTER, { login });
      same(told(reply), '401 {"error":401,"message":"Unauthorized"}');
    },
  },
  {
    id: "S2",
    title: "a wrong password takes about 125 ms and leaves one row in the log",
    async onSimulator(router, simulator) {
      const login = { user: "nobody", password: "wrong" };
      const before = Date.now();
      await router.send("GET", FILTER, { login });
      const ms = Date.now() - before;
      holds(ms >= 100, "at least 100 ms", ms);
      same(simulator.log.filter((line) => line.includes("critical")).length, 1);
    },
  },
  {
    id: "S3",
    title: "system/resource is one object of strings with the version",
    async check(router) {
      const resource = objectIn(await get(router, "/rest/system/resource"));
      holds(
        /^\d+\.\d+(\.\d+)?[a-z0-9]* \(.+\)$/.test(String(resource["version"])),
        'a version like "7.23.7 (long-term)"',
        resource,
      );
      const others = Object.values(resource).filter((value) => typeof value !== "string");
      same(others, [], "values that are no strings");
    },
  },
  {
    id: "S3",
    title: "system/identity is an object with a name",
    async check(router) {
      const identity = objectIn(await get(router, "/rest/system/identity"));
      same(Object.keys(identity), ["name"]);
    },
  },
  {
    id: "S3",
    title: "system/routerboard says whether there is a board, and its serial number",
    async check(router) {
      const board = objectIn(await get(router, "/rest/system/routerboard"));
      router.learn(JSON.stringify(board));
      holds(["true", "false"].includes(String(board["routerboard"])), "routerboard", board);
      const serial = board["serial-number"];
      const is =
        board["routerboard"] === "true" ? typeof serial === "string" : serial === undefined;
      holds(is, "a serial number with a board, none without", board);
    },
  },
  {
    id: "S4",
    title: "an unknown menu is 400 and named",
    async check(router) {
      const reply = await get(router, "/rest/nonexistent/path");
      refuses(reply, 400, "no such command or directory (nonexistent)");
      same(objectIn(reply)["error"], 400, "error");
      same(objectIn(reply)["message"], "Bad Request", "message");
    },
  },
  {
    id: "S5",
    title: "a command in a GET is 400",
    check: async (router) => refuses(await get(router, `${FILTER}/print`), 400, "no such command"),
  },
  ...["%2A1", "some%20comment"].map((address) => ({
    id: "S6",
    title: `${address} in place of an id is 400`,
    check: async (router: Parameters<typeof get>[0]) =>
      refuses(await get(router, `${FILTER}/${address}`), 400, "no such command prefix"),
  })),
  {
    id: "S7",
    title: "HEAD on a menu is 501",
    check: async (router) => same((await router.send("HEAD", FILTER)).status, 501),
  },
  {
    id: "S7",
    title: "OPTIONS is 503",
    check: async (router) => same((await router.send("OPTIONS", FILTER)).status, 503),
  },
  {
    id: "S8",
    title: "a body of another content type is 415",
    async check(router) {
      const reply = await router.send("PUT", FILTER, { body: aRule, contentType: "text/plain" });
      same(reply.status, 415);
    },
  },
  ...["{", '{"dst-port":4e2}'].map((raw) => ({
    id: "S8",
    title: `the body ${raw} is no JSON`,
    check: async (router: Parameters<typeof get>[0]) =>
      refuses(await router.send("PUT", FILTER, { raw }), 400, "Failed to parse json"),
  })),
  {
    id: "S8",
    title: "a number with a leading 0 is octal, one with 0x hexadecimal",
    async check(router) {
      const raw = (port: string) =>
        JSON.stringify({ ...aRule, "dst-port": "PORT" }).replace('"PORT"', port);
      const ports = [];
      for (const port of ["0673", "0x1bb", "443"])
        ports.push(objectIn(await router.send("PUT", FILTER, { raw: raw(port) }))["dst-port"]);
      same(ports, ["443", "443", "443"]);
    },
  },
  {
    id: "S10",
    title: "an empty table is an empty array",
    async check(router) {
      same(rowsIn(await get(router, `${FILTER}?comment=nobody-has-this-comment`)), []);
    },
  },
];
