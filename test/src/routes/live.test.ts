// The page's bell: it rings when there is something new to see, and costs nothing while there is not.
import { evictDurableObject } from "cloudflare:test";
import { afterEach, expect, test } from "vitest";
import { HOUR, MINUTE, PLAN_HASH } from "../support/a-job.ts";
import type { Doorbell } from "../support/a-doorbell.ts";
import { aLivePage, askForLive } from "../support/a-live-page.ts";
import { anAgent } from "../support/an-agent.ts";
import { anOperator, idIn } from "../support/an-operator.ts";
import { aSession, sessionFrom, submit, visit, type Session } from "../support/a-session.ts";
import {
  alarm,
  ask,
  aToken,
  freshWorldEachTest,
  pass,
  queueOf,
  rowsWritten,
  stored,
} from "../support/worker.ts";

const open: Doorbell[] = [];
afterEach(() => {
  for (const page of open.splice(0)) page.close();
});
freshWorldEachTest();

async function aPage(session: Session, cluster = "home"): Promise<Doorbell> {
  const page = await aLivePage(session, cluster);
  open.push(page);
  return page;
}

/** What the page hears while this is done. */
async function heardDuring(page: Doorbell, doing: () => Promise<unknown>): Promise<string[]> {
  await page.ping();
  const before = page.heard.length;
  await doing();
  await page.ping();
  return page.heard.slice(before, -1);
}

test("it rings at each change of a job, once", async () => {
  const page = await aPage(await aSession());
  const [operator, agent] = [await anOperator(), await anAgent()];
  const during = (doing: () => Promise<unknown>) => heardDuring(page, doing);

  expect(await during(() => operator.request("remediate"))).toEqual(["ring"]);
  const job = await agent.work();
  expect(await during(() => agent.progress(job, { stage: "look" }))).toEqual(["ring"]);
  expect(await during(() => agent.asks(job))).toEqual(["ring"]);
  const approve = () => operator.decide(job.id, "approve", { planHash: PLAN_HASH });
  expect(await during(approve)).toEqual(["ring"]);
  const again = await agent.work();
  expect(await during(() => agent.done(again))).toEqual(["ring"]);
});

test("it rings when time ends a job", async () => {
  const page = await aPage(await aSession());
  await (await anOperator()).request("diagnose");
  pass(24 * HOUR);

  expect(await heardDuring(page, () => alarm())).toEqual(["ring"]);
});

test("it does not ring for looks, polls and renewed leases", async () => {
  const session = await aSession();
  const page = await aPage(session);
  const [operator, agent] = [await anOperator(), await anAgent()];
  const id = idIn(await operator.request("remediate"));
  const job = await agent.work();
  await agent.progress(job, { stage: "look" });

  const heard = await heardDuring(page, async () => {
    await visit("/", session);
    await visit("/clusters/home", session);
    await visit(`/clusters/home/jobs/${id}`, session);
    await visit(`/clusters/home/jobs/${id}/cancel`, session);
    await operator.status();
    await operator.decide(id, "dismiss");
    await agent.claim({ kinds: [] });
    pass(20_000);
    await agent.progress(job, { stage: "look" });
    await alarm();
  });

  expect(heard).toEqual([]);
});

test("it rings in its own cluster alone", async () => {
  const session = await aSession("*");
  const [home, branch] = [await aPage(session), await aPage(session, "branch")];

  const heard = await heardDuring(branch, () =>
    heardDuring(home, async () => (await anOperator()).request("diagnose")),
  );

  expect(heard).toEqual([]);
  expect(home.heard).toContain("ring");
});

test.each([
  ["another origin", "https://evil.example"],
  ["one that begins like ours", "https://backon.example.evil.example"],
  ["ours over http", "http://backon.example"],
  ["null", "null"],
  ["none", null],
])("from %s it is refused", async (_, origin) => {
  const response = await askForLive(await aSession(), "home", origin);

  expect(response.status).toBe(403);
  expect(await response.text()).toContain("for our own page only");
});

test("without a session, or of another cluster, it does not hang", async () => {
  const [none, other] = [await askForLive(null), await askForLive(await aSession("branch"))];

  expect([none.status, other.status]).toEqual([303, 403]);
  await Promise.all([none.body?.cancel(), other.body?.cancel()]);
});

test.each(["home", "*"])(
  "it is closed when the token of %s is revoked, and stays so",
  async (of) => {
    const { token, id } = await aToken("operator", of);
    const session = sessionFrom(await submit("/sign-in", { token }));
    const page = await aPage(session);
    const other = await aPage(await aSession());
    const closed = page.next();

    await ask("DELETE", `/v1/tokens/${id}`, { token: await aToken("operator", "*", "root") });

    expect(await closed).toBe("closed 4401");
    expect((await askForLive(session)).status).toBe(303);
    expect(await other.ping()).toBe("pong");
  },
);

test("it rings after the object had been put to sleep, and is closed then, too", async () => {
  const { token, id } = await aToken("operator");
  const page = await aPage(sessionFrom(await submit("/sign-in", { token })));
  await evictDurableObject(queueOf("home"));

  const heard = page.next("ring");
  await (await anOperator()).request("diagnose");
  expect(await heard).toBe("ring");

  await evictDurableObject(queueOf("home"));
  const closed = page.next("closed 4401");
  await ask("DELETE", `/v1/tokens/${id}`, { token: await aToken("operator", "*", "root") });
  expect(await closed).toBe("closed 4401");
});

test("a seventeenth page of one token closes the oldest, an eighteenth the next", async () => {
  const session = await aSession();
  const other = await aPage(await aSession("home", "ben"));
  const pages: Doorbell[] = [];
  for (let count = 0; count < 16; count += 1) pages.push(await aPage(session));
  await evictDurableObject(queueOf("home"));
  const [first, second, third] = pages;

  const closed = first?.next();
  pages.push(await aPage(session));
  expect(await closed).toBe("closed 4408");
  const closedNext = second?.next();
  pages.push(await aPage(session));
  expect(await closedNext).toBe("closed 4408");

  for (const page of [third, ...pages.slice(3), other]) expect(await page?.ping()).toBe("pong");
});

test("a day with open pages in an idle cluster writes no row for them and rings none", async () => {
  const session = await aSession();
  await (await anAgent()).claim();
  await alarm();
  const before = { rows: await rowsWritten(), stored: await stored() };

  const pages: Doorbell[] = [];
  for (let count = 0; count < 8; count += 1) pages.push(await aPage(session));
  for (let minutes = 0; minutes < 24 * 60; minutes += 60) {
    pass(60 * MINUTE);
    for (const page of pages) expect(await page.ping()).toBe("pong");
  }

  expect({ rows: await rowsWritten(), stored: await stored() }).toEqual(before);
  for (const { heard } of pages) expect(new Set(heard)).toEqual(new Set(["pong"]));
});
