// The clock goes back: what was stored before the step must not wait until the old time comes again.
import { runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { withinLimits } from "../../../src/jobs/clock-step.ts";
import { NOTHING_KNOWN, remember } from "../../../src/jobs/healing.ts";
import { anApproval, aQueuedJob, HOUR, LIMITS, MINUTE, NOW, SECOND } from "../support/a-job.ts";
import { aSession, signedIn } from "../support/a-session.ts";
import { alert, anAlertmanager } from "../support/alerts.ts";
import { anAgent } from "../support/an-agent.ts";
import { anOperator, idIn } from "../support/an-operator.ts";
import { alarm, alarmInMs, freshWorldEachTest, pass, queueOf, stored } from "../support/worker.ts";

freshWorldEachTest();

const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
const steps = [2 * HOUR, 23 * HOUR, DAY, YEAR];

test.each(steps)("%i ms back: a lease of an agent that is gone lapses", async (step) => {
  await (await anOperator()).request("remediate");
  const job = await (await anAgent("agent-1")).work();
  pass(-step);

  const other = await anAgent("agent-2");
  expect((await other.claim()).job).toBe(null);
  pass(30 * SECOND);

  expect(await other.work()).toMatchObject({ id: job.id, attempts: 2 });
});

test.each(steps)("%i ms back: a retry comes after its pause at the latest", async (step) => {
  await (await anOperator()).request("remediate");
  const agent = await anAgent();
  await agent.retries(await agent.work());
  pass(-step);

  expect(await agent.work()).toMatchObject({ attempts: 2 });
});

test.each(steps)("%i ms back: a job that waited for a hold is due", async (step) => {
  const alertmanager = await anAlertmanager();
  const agent = await anAgent();
  await alert(alertmanager);
  await agent.done(await agent.work());
  await alert(alertmanager);
  expect((await agent.claim()).job).toBe(null);
  pass(-step);

  expect(await agent.work()).toMatchObject({ kind: "remediate" });
});

test.each(["remediate ended", "dismissed"])(
  "a day back: a hold that was stored before it is over (%s)",
  async (how) => {
    const operator = await anOperator();
    const agent = await anAgent();
    const id = idIn(await operator.request("remediate"));
    const job = await agent.work();
    if (how === "dismissed") {
      await agent.asks(job);
      await operator.decide(id, "dismiss");
    } else await agent.done(job);
    pass(-DAY);

    await alert(await anAlertmanager());

    expect(await agent.work()).toMatchObject({ kind: "remediate" });
  },
);

test("a day back: a plan that needs approval is over", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  const id = idIn(await operator.request("remediate"));
  await agent.asks(await agent.work());
  pass(-DAY);

  expect((await operator.job(id)).body).toMatchObject({ outcome: "expired" });
});

test("a day back: an approval that was stored before it no longer counts", () => {
  const until = NOW + DAY + 14 * MINUTE;
  const approved = aQueuedJob({ fence: 5, approval: anApproval({ until }) });

  expect(withinLimits(approved, LIMITS, NOW)).toMatchObject({ approval: { until: NOW } });
});

test("a day back: messages and pauses wait no longer than a pause may be", async () => {
  const operator = await anOperator();
  await operator.status();
  const at = Date.now() + DAY;
  await rows(`INSERT INTO messages VALUES ('j', 'card', 1, 0, 0, ${at}, NULL, NULL)`);
  await rows(`INSERT INTO pauses VALUES ('card', ${at})`);

  await operator.status();

  expect(await rows("SELECT due FROM messages")).toEqual([{ due: Date.now() }]);
  expect(await rows("SELECT * FROM pauses")).toEqual([]);
});

function rows(statement: string): Promise<unknown[]> {
  return runInDurableObject(queueOf("home"), (_, { storage }) =>
    storage.sql.exec(statement).toArray(),
  );
}

test("a day back: a job that nobody claims is still too old after a day", async () => {
  const operator = await anOperator();
  const id = idIn(await operator.request("diagnose"));
  pass(-YEAR);
  await alarm();
  pass(DAY + MINUTE);

  expect((await operator.job(id)).body).toMatchObject({ outcome: "expired" });
});

test("a day back: a session and its page end", async () => {
  const session = await aSession();
  pass(-DAY);

  expect(await signedIn(session)).toBe(false);
});

test("a day back: an alert that fires anew is not taken for one that has ended", async () => {
  const alertmanager = await anAlertmanager();
  pass(DAY);
  await alert(alertmanager, "0.33.1/resolved-single.json");
  const { jobs } = await alert(alertmanager);
  pass(-40 * YEAR);

  expect([jobs.length, (await alert(alertmanager)).jobs.length]).toEqual([0, 1]);
});

test("a day back: the same idempotency key asks anew, and the sweep goes on daily", async () => {
  const operator = await anOperator();
  await operator.request("diagnose", { key: "k1" });
  await alarm();
  const agent = await anAgent();
  await agent.done(await agent.work());
  pass(-YEAR);

  await operator.request("diagnose", { key: "k1" });
  await alarm();

  expect(await agent.work()).toMatchObject({ kind: "diagnose" });
  expect(await alarmInMs()).toBeLessThanOrEqual(DAY);
});

test("a step that limits allow changes nothing", async () => {
  await (await anOperator()).request("remediate");
  const agent = await anAgent();
  const job = await agent.work();
  pass(-30 * SECOND);

  expect((await agent.progress(job)).status).toBe(200);

  expect((await stored()).text).not.toContain("the clock went back");
});

test("good rounds that lie ahead do not count towards healing", () => {
  const times = { recheckMs: HOUR, neededRounds: 2, healMs: HOUR, relapseMs: DAY };
  const before = { ...NOTHING_KNOWN, since: NOW + DAY, goodRounds: [NOW + DAY] };

  const after = remember(before, { kind: "round", at: NOW, good: true }, times);

  expect(after).toMatchObject({ since: NOW, goodRounds: [NOW] });
});
