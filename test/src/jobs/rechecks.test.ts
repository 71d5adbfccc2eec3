// When a recheck is opened, what it is told, and what it costs; those that follow each other are in
// recheck-series.test.ts.
import { expect, test } from "vitest";
import type { RuleState } from "../../../src/protocol/report.ts";
import { HOUR } from "../support/a-job.ts";
import { alert, anAlertmanager } from "../support/alerts.ts";
import {
  alarm,
  alarmInMs,
  freshWorldEachTest,
  pass,
  rowsWritten,
  START,
  stored,
} from "../support/worker.ts";
import { ABSENT, aFix, NOT_YET, openJobs, STANDS } from "./standing-rule.ts";

freshWorldEachTest();

test("a report that shows our rule, which is to go, makes a recheck due in four hours", async () => {
  const { operator, agent } = await aFix();

  const early = (await agent.claim()).job;
  pass(4 * HOUR);
  const job = await agent.work();

  expect(early).toBe(null);
  expect(job).toMatchObject({
    kind: "recheck",
    origin: { via: "worker", by: "backon", person: false },
    registry: null,
    healing: { since: START, goodRounds: [], neededRounds: 6, neededMs: 24 * HOUR, relapses: 0 },
  });
  expect(await openJobs(operator)).toHaveLength(1);
});

test("the alarm is set for the moment at which the recheck is due", async () => {
  await aFix();

  await alarm();

  expect(await alarmInMs()).toBe(4 * HOUR);
});

test.each<[string, RuleState | null]>([
  ["no rule", ABSENT],
  ["nothing of the router", null],
  ["a rule that is to stay", { ...STANDS, life: "keep" }],
  ["a rule that a person typed", { ...STANDS, ours: false }],
  ["our rule, which a person has disabled", { ...STANDS, disabled: true }],
  ["a rule that is in doubt", { state: "unknown", ours: true, at: 1 }],
])("a report that shows %s makes no recheck", async (_, rule) => {
  const { operator } = await aFix(rule);

  expect(await openJobs(operator)).toEqual([]);
});

test("other kinds of jobs are claimed without a word on healing", async () => {
  const { operator, agent } = await aFix();
  await operator.request("diagnose");

  expect((await agent.work()).healing).toBe(null);
});

test("an agent that knows no rechecks is given none", async () => {
  const { agent } = await aFix();
  pass(4 * HOUR);

  expect((await agent.claim({ kinds: ["remediate", "diagnose", "withdraw"] })).job).toBe(null);
});

test("status shows how far the path has healed, next to the rule", async () => {
  const { operator, agent } = await aFix();
  pass(4 * HOUR);
  const job = await agent.work();
  await agent.done(job, { ...NOT_YET, recheck: { good: true } });

  expect((await operator.status()).body["healing"]).toEqual({
    since: START,
    goodRounds: [START + 4 * HOUR],
    neededRounds: 6,
    neededMs: 24 * HOUR,
    relapses: 0,
    kept: false,
  });
});

test("an alert during a recheck opens its own job", async () => {
  const { operator, agent } = await aFix();
  pass(4 * HOUR);
  const recheck = await agent.work();

  const { jobs } = await alert(await anAlertmanager());

  expect(jobs).not.toContain(recheck.id);
  expect(await openJobs(operator)).toHaveLength(2);
});

test("a cluster without such a rule writes no row for it and sets no other alarm", async () => {
  const { operator, agent } = await aFix(ABSENT);
  await alarm();
  const before = await rowsWritten();

  await agent.claim();
  await operator.status();

  expect(await rowsWritten()).toBe(before);
  expect(await alarmInMs()).toBe(24 * HOUR);
  expect((await stored()).text).not.toContain("healing");
});

test("an alarm between two rechecks changes nothing", async () => {
  await aFix();
  await alarm();
  const before = await stored();
  pass(HOUR);

  await alarm();

  expect(await stored()).toEqual(before);
  expect(await alarmInMs()).toBe(3 * HOUR);
});
