// What every page has in common: its headers, its refusals, and that looking changes nothing.
import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { app } from "../../../src/app.ts";
import { aSession, ORIGIN, submit, visit } from "../support/a-session.ts";
import { aToken, freshWorldEachTest, requestOf, rowsWritten, stored } from "../support/worker.ts";
import { anAgent } from "../support/an-agent.ts";
import { aJobIn, expectHelp } from "../routes/a-visited-job.ts";

freshWorldEachTest();

test.each([
  ["GET", "/clusters/elsewhere", 403, "/"],
  ["GET", "/clusters/branch", 403, "/"],
  ["GET", "/clusters/elsewhere/jobs/x", 403, "/"],
  ["GET", "/clusters/home/jobs/nobody", 404, "/clusters/home"],
  ["GET", "/clusters/home/jobs/nobody/approve", 404, "/clusters/home"],
  ["GET", "/clusters/home/jobs/nobody/post-mortem", 404, "/clusters/home"],
  ["GET", "/clusters/home/jobs/nobody/destroy", 404, "/clusters/home"],
  ["GET", "/clusters/home/ask/destroy", 404, "/clusters/home"],
  ["GET", "/clusters/home/ask/recheck", 404, "/clusters/home"],
  ["GET", "/clusters/home/nothing", 404, "/clusters/home"],
  ["GET", "/clusters/home/live", 426, "/clusters/home"],
  ["GET", "/clusters", 404, "/"],
  ["POST", "/clusters/home/jobs/nobody/approve", 404, "/clusters/home"],
  ["POST", "/clusters/home/jobs/nobody/undo", 404, "/clusters/home"],
  ["POST", "/clusters/home/jobs/nobody/destroy", 404, "/clusters/home"],
  ["POST", "/clusters/elsewhere/jobs", 403, "/"],
  ["POST", "/clusters/home", 404, "/clusters/home"],
] as const)("%s %s is %i and leads back to %s", async (method, path, status, back) => {
  const session = await aSession();

  const shown = method === "GET" ? await visit(path, session) : await submit(path, {}, session);

  expect(await expectHelp(shown, status, session)).toBe(back);
});

test("looking changes nothing: no page writes a row, by GET or by HEAD", async () => {
  const session = await aSession();
  const path = `/clusters/home/jobs/${await aJobIn("awaiting")}`;
  const paths = [
    "/",
    "/sign-in",
    "/clusters/home",
    "/clusters/home/jobs",
    "/clusters/home/ask/withdraw",
    path,
    `${path}/post-mortem`,
    ...["approve", "dismiss", "cancel", "undo"].map((decision) => `${path}/${decision}`),
  ];
  await visit(path, session);
  const before = { rows: await rowsWritten(), stored: await stored() };

  for (const method of ["GET", "HEAD"])
    for (const one of paths) {
      const request = requestOf(method, one, { headers: session });
      await (await exports.default.fetch(request)).body?.cancel();
    }

  expect({ rows: await rowsWritten(), stored: await stored() }).toEqual(before);
});

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

function expectSafe(headers: Headers): void {
  const found = Object.fromEntries(headers);
  expect(found).toMatchObject({
    "content-security-policy": POLICY,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "same-origin",
    "strict-transport-security": "max-age=15552000; includeSubDomains",
    "x-request-id": expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
}

test("every page, refusal and redirect forbids all but our own files, frames and caches", async () => {
  const session = await aSession();
  const { token } = await aToken("operator");
  const path = `/clusters/home/jobs/${await aJobIn("awaiting")}`;
  const paths = [
    ["/", 200],
    ["/sign-in", 200],
    ["/clusters/home", 200],
    ["/clusters/home/ask/withdraw", 200],
    [path, 200],
    [`${path}/approve`, 200],
    [`${path}/post-mortem`, 200],
    [`${path}/destroy`, 404],
    ["/clusters/home/nothing", 404],
    ["/clusters/elsewhere", 403],
    ["/clusters/home/live", 426],
  ] as const;

  for (const [one, status] of paths) {
    const shown = await visit(one, session);
    expect([one, shown.status]).toEqual([one, status]);
    expectSafe(shown.headers);
  }
  const sent = [
    await visit("/"),
    await visit("/clusters/home"),
    await submit("/sign-in", { token }),
    await submit("/sign-in", { token: "x" }),
    await submit("/sign-in", {}, session, {}),
    await submit("/sign-out", {}, session),
    await submit("/clusters/home/jobs", { kind: "diagnose" }, session),
    await submit("/clusters/home/jobs", { kind: "destroy" }, session),
    await submit(`${path}/approve`, { planHash: "h0" }, session),
    await submit("/clusters/home/jobs", { kind: "diagnose" }, session, { origin: "null" }),
  ];
  expect(sent.map(({ status }) => status)).toEqual([
    303, 303, 303, 401, 403, 303, 303, 422, 409, 403,
  ]);
  for (const { headers } of sent) expectSafe(headers);
});

test("a failure of our own is a page that tells nothing of it but the request's id", async () => {
  const { cookie } = await aSession();
  const QUEUE = {
    getByName: () => {
      throw new Error("a secret of the store");
    },
  };

  const response = await app.fetch(requestOf("GET", "/clusters/home", { headers: { cookie } }), {
    ...env,
    QUEUE,
  });

  const text = await response.text();
  expect(response.status).toBe(500);
  expectSafe(response.headers);
  expect(text).toContain(`under ${response.headers.get("x-request-id")}`);
  expect(text).not.toContain("secret");
});

test.each([
  ["/app.js", "text/javascript"],
  ["/app.css", "text/css"],
  ["/openapi.json", "application/json"],
])("%s is a file of type %s, asked for again by its tag", async (path, type) => {
  const first = await visit(path);
  const tag = first.headers.get("etag") ?? "";
  const again = await visit(path, { cookie: "a=b" });
  const request = requestOf("GET", path, { headers: { "if-none-match": tag } });
  const known = await exports.default.fetch(request);

  expect(first.status).toBe(200);
  expect(first.headers.get("content-type")).toMatch(new RegExp(`^${type}(; charset=utf-8)?$`));
  expect(first.headers.get("x-content-type-options")).toBe("nosniff");
  expect(first.headers.get("cache-control")).toBe("public, max-age=0, must-revalidate");
  expect(tag).toMatch(/^(W\/)?"[^"]+"$/);
  expect(again.text).toBe(first.text);
  expect(known.status).toBe(304);
  expect(await known.text()).toBe("");
});

test.each(["/app.js.map", "/public/app.js", "/../wrangler.toml", "/index.html", "/page.ts"])(
  "%s is no file of ours",
  async (path) => {
    expect((await visit(path)).status).toBe(404);
  },
);

test("the page runs no script but one file of ours, and names its own host nowhere", async () => {
  const { text } = await visit("/clusters/home", await aSession());

  expect(text.match(/<script/g)).toHaveLength(1);
  expect(text).toContain('<script src="/app.js" defer=""></script>');
  expect(text).not.toContain(ORIGIN);
  expect(text).not.toMatch(/ style=| on[a-z]+=/);
});

test("an undo on the page may be for all clusters that use the router", async () => {
  const session = await aSession();
  const agent = await anAgent();
  const question = await visit("/clusters/home/ask/withdraw", session);
  expect(question.text).toMatch(/name="scope" value="all"/);

  await submit("/clusters/home/jobs", { kind: "withdraw", scope: "all" }, session);

  expect(await agent.work()).toMatchObject({ kind: "withdraw", scope: "all" });
});
