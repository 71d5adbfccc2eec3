// Names beginning with S are rows of the simulator's list: what a real router does.
import { expect, test } from "vitest";
import { aRouter, ask, comments, dockerRule, FILTER, three } from "../../sim/routeros/ask.ts";
import { homeRules } from "../../sim/routeros/home-rules.ts";

test("S1 the root page needs no login", async () => {
  const got = await ask(await aRouter(), "GET", "/", undefined, { user: "" });
  expect(got.status).toBe(200);
  expect(got.headers["content-type"]).toBe("text/html");
});

test("S2 without a login, or with a wrong one, the answer is 401; a wrong one is logged", async () => {
  const router = await aRouter();
  const without = await ask(router, "GET", FILTER, undefined, { user: "" });
  const wrong = await ask(router, "GET", FILTER, undefined, { user: "backon:wrong" });
  for (const got of [without, wrong]) {
    expect(got.text).toBe('{"error":401,"message":"Unauthorized"}');
    expect(got.headers["www-authenticate"]).toMatch(/^Basic/);
  }
  expect(router.log).toHaveLength(1);
});

test("S3 system/resource and system/identity are objects of strings", async () => {
  const router = await aRouter();
  const resource = await ask(router, "GET", "/rest/system/resource");
  const identity = await ask(router, "GET", "/rest/system/identity");
  expect(resource.body).toMatchObject({ version: "7.23.7 (long-term)" });
  expect(identity.body).toEqual({ name: "sim" });
});

test.each([
  [
    "S4 an unknown menu",
    "GET",
    "/rest/nonexistent/path",
    "no such command or directory (nonexistent)",
  ],
  ["S5 a command in a GET", "GET", `${FILTER}/print`, "no such command"],
  ["S6 an encoded asterisk", "GET", `${FILTER}/%2A1`, "no such command prefix"],
  ["S6 a comment in place of an id", "GET", `${FILTER}/some%20comment`, "no such command prefix"],
])("%s is refused with 400", async (_name, method, path, detail) => {
  const got = await ask(await aRouter({ rules: homeRules }), method, path);
  expect(got.text).toBe(JSON.stringify({ detail, error: 400, message: "Bad Request" }));
});

test("S7 HEAD is 501 and OPTIONS is 503", async () => {
  const router = await aRouter();
  expect((await ask(router, "HEAD", FILTER)).status).toBe(501);
  expect((await ask(router, "OPTIONS", FILTER)).status).toBe(503);
});

test("S8 a body that is no plain JSON is refused", async () => {
  const router = await aRouter();
  const text = await ask(router, "PUT", FILTER, dockerRule, { contentType: "text/plain" });
  const open = await ask(router, "PUT", FILTER, undefined, { raw: "{" });
  const exponent = await ask(router, "PUT", FILTER, undefined, {
    raw: '{"comment":"1e5","dst-port":4e2}',
  });
  expect(text.status).toBe(415);
  for (const got of [open, exponent])
    expect(got.body).toMatchObject({ detail: "Failed to parse json", error: 400 });
});

test("S10 S11 S12 each PUT adds a row, equal or not, with its keys in order", async () => {
  const router = await aRouter();
  expect((await ask(router, "GET", FILTER)).text).toBe("[]");
  const first = await ask(router, "PUT", FILTER, dockerRule);
  const second = await ask(router, "PUT", FILTER, dockerRule);
  expect(first.status).toBe(201);
  expect(first.headers["location"]).toContain(`${FILTER}/*1`);
  expect(first.text).toBe(
    '{".id":"*1","action":"reject","bytes":"0","chain":"forward","comment":"c","dst-address":"2600:1f18::/32","dst-port":"443","dynamic":"false","invalid":"false","packets":"0","protocol":"tcp","reject-with":"icmp-address-unreachable"}',
  );
  expect(second.body).toMatchObject({ ".id": "*2" });
});

test("S13 `disabled` is there only if it was written", async () => {
  const router = await aRouter();
  const no = await ask(router, "PUT", FILTER, { ...dockerRule, disabled: "no" });
  const yes = await ask(router, "PUT", FILTER, { ...dockerRule, disabled: true });
  expect(no.body).toMatchObject({ disabled: "false" });
  expect(yes.body).toMatchObject({ disabled: "true" });
});

test("S14 place-before puts the row before that id and is not kept", async () => {
  const router = await aRouter({ rules: three });
  const got = await ask(router, "PUT", FILTER, {
    ...dockerRule,
    comment: "new",
    "place-before": "*2",
  });
  expect(got.body).not.toHaveProperty("place-before");
  expect(comments(router)).toEqual(["a", "new", "b", "c"]);
});

test("S15 position 0 is refused on an empty table and before a dynamic row, else it is first", async () => {
  const placed = { ...dockerRule, "place-before": "0" };
  const empty = await ask(await aRouter(), "PUT", FILTER, placed);
  const dynamic = await ask(await aRouter({ dynamicFirstRow: true }), "PUT", FILTER, placed);
  const usual = await aRouter({ rules: three });
  await ask(usual, "PUT", FILTER, placed);
  expect([empty.status, dynamic.status]).toEqual([400, 400]);
  expect(comments(usual)).toEqual(["c", "a", "b", "c"]);
});

test.each([
  ["400", 400, 3],
  ["404", 404, 3],
  ["append", 201, 4],
] as const)("S16 an unknown place-before can be %s", async (switched, status, rows) => {
  const router = await aRouter({ rules: three, switches: { placeBeforeUnknown: switched } });
  const got = await ask(router, "PUT", FILTER, { ...dockerRule, "place-before": "*FFFF" });
  expect(got.status).toBe(status);
  expect(router.table()).toHaveLength(rows);
});

test.each([
  ["S17", { bogus: "1" }, "unknown parameter bogus"],
  [
    "S18",
    { "reject-with": "icmp-host-unreachable" },
    "input does not match any value of reject-with",
  ],
  ["S18", { action: "tarpit" }, "input does not match any value of action"],
  ["S18", { "in-interface": "nosuch" }, "input does not match any value of interface"],
  ["S20", { "dst-address": "not-an-ip" }, "invalid value for argument dst-address"],
])("%s %o is refused and adds nothing", async (_name, fields, detail) => {
  const router = await aRouter();
  const got = await ask(router, "PUT", FILTER, { ...dockerRule, ...fields });
  expect(got.body).toEqual({ detail, error: 400, message: "Bad Request" });
  expect(router.table()).toEqual([]);
});

test("S18 an unknown address list is accepted", async () => {
  const got = await ask(await aRouter(), "PUT", FILTER, { ...dockerRule, "dst-address-list": "x" });
  expect(got.status).toBe(201);
});

test("S19 S21 a port needs a protocol, a rule needs a chain", async () => {
  const router = await aRouter();
  const { protocol: _, ...noProtocol } = dockerRule;
  const { chain: __, ...noChain } = dockerRule;
  const port = await ask(router, "PUT", FILTER, noProtocol);
  const chain = await ask(router, "PUT", FILTER, noChain);
  expect(port.text).toContain("failure: ports can be specified if proto is tcp,udp,");
  expect(chain.text).toContain("missing =chain=");
});

test("S22 a GET filters by exact values; print has a query stack and no `.id` unasked", async () => {
  const router = await aRouter({ rules: three });
  const print = (body: object) => ask(router, "POST", `${FILTER}/print`, body);
  expect((await ask(router, "GET", `${FILTER}?comment=none`)).body).toEqual([]);
  expect((await ask(router, "GET", `${FILTER}?comment=b&.proplist=comment`)).body).toEqual([
    { ".id": "*2", comment: "b" },
  ]);
  const query = ["comment=a", "comment=c", "#|"];
  const union = await print({ ".proplist": "comment", ".query": query });
  expect(union.body).toEqual([{ comment: "a" }, { comment: "c" }]);
  expect((await print({ "count-only": "" })).body).toEqual({ ret: "3" });
});

test("S23 a GET by id gives one object, or 404 without a detail", async () => {
  const router = await aRouter({ rules: three });
  expect((await ask(router, "GET", `${FILTER}/*1`)).body).toMatchObject({ comment: "a" });
  const unknown = await ask(router, "GET", `${FILTER}/*FF`);
  expect(unknown.text).toBe('{"error":404,"message":"Not Found"}');
});

test("S24 PATCH changes a row, leaves `disabled` visible and knows no place-before", async () => {
  const router = await aRouter({ rules: three });
  const patch = (path: string, body: object) => ask(router, "PATCH", path, body);
  expect((await patch(`${FILTER}/*1`, { disabled: "yes" })).body).toMatchObject({
    disabled: "true",
  });
  expect((await patch(`${FILTER}/*1`, { disabled: "no" })).body).toMatchObject({
    disabled: "false",
  });
  expect((await patch(`${FILTER}/*1`, { "place-before": "*2" })).text).toContain(
    "unknown parameter place-before",
  );
  expect((await patch(FILTER, { disabled: "yes" })).text).toContain(
    "missing or invalid resource identifier",
  );
  expect((await patch(`${FILTER}/*FF`, { disabled: "yes" })).status).toBe(404);
});

test("S25 DELETE is 204, then 404, and the id is never given again", async () => {
  const router = await aRouter({ rules: three });
  const first = await ask(router, "DELETE", `${FILTER}/*3`);
  const second = await ask(router, "DELETE", `${FILTER}/*3`);
  const added = await ask(router, "PUT", FILTER, dockerRule);
  expect([first.status, first.text, second.status]).toEqual([204, "", 404]);
  expect(added.body).toMatchObject({ ".id": "*4" });
});

test.each([
  [{ numbers: "*3", destination: "*1" }, 200, "cab"],
  [{ ".id": "*3", destination: "*1" }, 200, "cab"],
  [{ numbers: "*3,*2", destination: "*1" }, 200, "cba"],
  [{ numbers: "2", destination: "0" }, 200, "cab"],
  [{ numbers: "*1" }, 200, "bca"],
  [{ numbers: "*1", destination: "*FF" }, 200, "bca"],
  [{ numbers: "*FF", destination: "*1" }, 404, "abc"],
  [{ numbers: "*1", destination: "*1" }, 400, "abc"],
  [{}, 400, "abc"],
])("S26 move %o answers %i and leaves the order %s", async (body, status, order) => {
  const router = await aRouter({ rules: three });
  const got = await ask(router, "POST", `${FILTER}/move`, body);
  expect(got.status).toBe(status);
  if (status === 200) expect(got.text).toBe("[]");
  expect(comments(router).join("")).toBe(order);
});
