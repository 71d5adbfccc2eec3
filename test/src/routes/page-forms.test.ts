// The page's forms: only our own page sends them, and whatever is refused leads back.
import { PLAN_HASH } from "../support/a-job.ts";
import { expect, test } from "vitest";
import { anAgent } from "../support/an-agent.ts";
import { aSession, ORIGIN, submit, visit } from "../support/a-session.ts";
import { freshWorldEachTest, jobsStored, stored } from "../support/worker.ts";
import { aJobIn, expectHelp } from "./a-visited-job.ts";

freshWorldEachTest();

const FORM = "application/x-www-form-urlencoded";
const own = { origin: ORIGIN };

test.each<[string, Record<string, string>]>([
  ["without Origin", { origin: "" }],
  ["with another Origin", { origin: "https://evil.example" }],
  ["with an Origin that begins like ours", { origin: `${ORIGIN}.evil.example` }],
  ["with Origin null", { origin: "null" }],
  ["from another site", { ...own, "sec-fetch-site": "cross-site" }],
  ["from a sister site", { ...own, "sec-fetch-site": "same-site" }],
  ["as text", { ...own, "content-type": "text/plain" }],
  ["as JSON", { ...own, "content-type": "application/json" }],
  ["as JSON without Origin", { origin: "", "content-type": "application/json" }],
  ["as multipart", { ...own, "content-type": "multipart/form-data; boundary=x" }],
  ["as a type that begins like a form's", { ...own, "content-type": `${FORM}x` }],
  ["without a type", { ...own, "content-type": "" }],
])("a form sent %s is refused and changes nothing", async (_, headers) => {
  const session = await aSession();
  const id = await aJobIn("awaiting");
  const before = await stored();
  const forms = [
    ["/clusters/home/jobs", { kind: "diagnose" }],
    [`/clusters/home/jobs/${id}/approve`, { planHash: PLAN_HASH }],
    [`/clusters/home/jobs/${id}/dismiss`, {}],
    [`/clusters/home/jobs/${id}/cancel`, {}],
    [`/clusters/home/jobs/${id}/undo`, {}],
    ["/sign-in", { token: "x" }],
    ["/sign-out", {}],
  ] as const;

  for (const [path, fields] of forms) {
    const sent = await submit(path, fields, session, headers);

    expect(sent).toMatchObject({ status: 403, location: null, cookie: null });
    // Whoever sends JSON is no browser, and gets what a program can read.
    if (headers["content-type"] === "application/json")
      expect(sent.headers.get("content-type")).toBe("application/problem+json");
    else await expectHelp(sent, 403, session);
  }

  expect(await stored()).toEqual(before);
});

test.each([
  { "sec-fetch-site": "same-origin" },
  { "sec-fetch-site": "same-origin", origin: "null" },
  { origin: ORIGIN, "content-type": `${FORM};charset=UTF-8` },
])("a form sent with %j is taken", async (headers) => {
  const sent = await submit("/clusters/home/jobs", { kind: "diagnose" }, await aSession(), headers);

  expect(sent).toMatchObject({
    status: 303,
    location: expect.stringMatching(/^\/clusters\/home\/jobs\//),
  });
});

const STATES = ["queued", "leased", "awaiting", "finished"] as const;
const DECIDED = [
  ["approve", { queued: 409, leased: 409, awaiting: 303, finished: 409 }],
  ["dismiss", { queued: 409, leased: 409, awaiting: 303, finished: 409 }],
  ["cancel", { queued: 303, leased: 303, awaiting: 303, finished: 409 }],
  ["undo", { queued: 409, leased: 409, awaiting: 409, finished: 303 }],
] as const;

test.each(
  DECIDED.flatMap(([decision, by]) =>
    STATES.map((state) => ({ decision, state, status: by[state] })),
  ),
)(
  "$decision while $state: $status, with a page that helps",
  async ({ decision, state, status }) => {
    const session = await aSession();
    const path = `/clusters/home/jobs/${await aJobIn(state)}`;

    const asked = await visit(`${path}/${decision}`, session);
    const sent = await submit(`${path}/${decision}`, { planHash: PLAN_HASH }, session);

    expect(asked.status).toBe(200);
    expect(asked.text.includes('method="post" action="/clusters')).toBe(status === 303);
    if (status === 303) {
      expect(sent.status).toBe(303);
      expect((await visit(sent.location ?? "", session)).status).toBe(200);
    } else expect(await expectHelp(sent, status, session)).toBe(path);
  },
);

test("a plan that has changed since it was read is not approved", async () => {
  const session = await aSession();
  const path = `/clusters/home/jobs/${await aJobIn("awaiting")}`;

  const sent = await submit(`${path}/approve`, { planHash: "h0" }, session);

  expect(await expectHelp(sent, 409, session)).toBe(path);
  expect((await visit(path, session)).text).toContain("needs approval");
});

test("approving twice is approving once", async () => {
  const session = await aSession();
  const path = `/clusters/home/jobs/${await aJobIn("awaiting")}`;

  await submit(`${path}/approve`, { planHash: PLAN_HASH }, session);
  const again = await submit(`${path}/approve`, { planHash: PLAN_HASH }, session);

  expect(again).toMatchObject({ status: 303, location: path });
  expect((await visit(path, session)).text.match(/operator:anna approved/g)).toHaveLength(1);
});

test("undoing twice leads to the same undo, and its button is gone", async () => {
  const session = await aSession();
  const path = `/clusters/home/jobs/${await aJobIn("finished")}`;

  const first = await submit(`${path}/undo`, {}, session);
  const again = await submit(`${path}/undo`, {}, session);

  expect(again.location).toBe(first.location);
  expect(await jobsStored()).toBe(2);
  const { text } = await visit(path, session);
  expect(text).toContain("asked for an undo");
  expect(text).not.toContain(`${path}/undo`);
});

test.each([
  "https://ghcr.io",
  "ghcr.io/owner",
  "localhost",
  "<script>alert(1)</script>",
  "x".repeat(10_000),
  "gh\u202Ecr.io",
])("the registry %j is refused by its name", async (registry) => {
  const session = await aSession();

  const sent = await submit("/clusters/home/jobs", { kind: "diagnose", registry }, session);

  expect(await expectHelp(sent, 422, session)).toBe("/clusters/home");
  expect(sent.text).toContain("registry: ");
  expect(sent.text).not.toContain("<script>");
  expect(await jobsStored()).toBe(0);
});

test("a registry with blanks around it is that registry", async () => {
  const session = await aSession();
  const fields = { kind: "diagnose", registry: " GHCR.io\t" };

  const { location } = await submit("/clusters/home/jobs", fields, session);

  expect((await visit(location ?? "", session)).text).toContain("<dd>ghcr.io</dd>");
});

test.each(["recheck", "", "approve"])("the kind %j cannot be asked for", async (kind) => {
  const session = await aSession();

  const sent = await submit("/clusters/home/jobs", { kind }, session);

  await expectHelp(sent, 422, session);
  expect(await jobsStored()).toBe(0);
});

test("the same yes twice is one job, also after that job has ended", async () => {
  const session = await aSession();
  const { text } = await visit("/clusters/home/ask/diagnose", session);
  const once = /name="once" value="([^"]+)"/.exec(text)?.[1] ?? "";
  const fields = { kind: "diagnose", once };

  const first = await submit("/clusters/home/jobs", fields, session);
  const agent = await anAgent();
  await agent.done(await agent.work());
  const again = await submit("/clusters/home/jobs", fields, session);

  expect(once).toMatch(/^[0-9a-f-]{36}$/);
  expect(again.location).toBe(first.location);
  expect(await jobsStored()).toBe(1);
});

test("a number of the question that is none of ours is refused, however long", async () => {
  const session = await aSession();

  for (const once of ["x".repeat(10_000), "", "ä", "a\nb"]) {
    const sent = await submit("/clusters/home/jobs", { kind: "diagnose", once }, session);
    await expectHelp(sent, 422, session);
  }

  expect(await jobsStored()).toBe(0);
});

test("a form longer than any of ours is refused before it is read", async () => {
  const session = await aSession();
  const long = { kind: "diagnose", once: "x".repeat(20_000) };

  await expectHelp(await submit("/clusters/home/jobs", long, session), 413, session);
  expect((await submit("/sign-in", { token: "x".repeat(20_000) })).status).toBe(413);
  expect(await jobsStored()).toBe(0);
});
