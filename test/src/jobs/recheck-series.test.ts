// While our rule stands that is to go, one recheck follows another, however each of them ends.
import { expect, test } from "vitest";
import { aReport } from "../support/a-report.ts";
import { HOUR, MINUTE } from "../support/a-job.ts";
import { alert, anAlertmanager } from "../support/alerts.ts";
import { anAgent } from "../support/an-agent.ts";
import { anOperator } from "../support/an-operator.ts";
import { alarm, freshWorldEachTest, pass, START } from "../support/worker.ts";
import { ABSENT, aFix, NOT_YET, openJobs, rechecksInHours, STANDS } from "./standing-rule.ts";

freshWorldEachTest();

test("the rule is rechecked again four hours after each recheck", async () => {
  const { operator, agent } = await aFix();
  const rounds: unknown[] = [];

  for (let round = 0; round < 3; round += 1) {
    pass(4 * HOUR);
    const job = await agent.work();
    rounds.push(job.healing?.goodRounds);
    await agent.done(job, { ...NOT_YET, recheck: { good: true } });
    expect(await rechecksInHours(operator)).toEqual([4]);
  }

  expect(rounds).toEqual([[], [START + 4 * HOUR], [START + 4 * HOUR, START + 8 * HOUR]]);
});

test("a bad round makes the good ones before it worth nothing", async () => {
  const { operator, agent } = await aFix();
  for (const good of [true, false]) {
    pass(4 * HOUR);
    const job = await agent.work();
    await agent.done(job, { ...NOT_YET, recheck: { good } });
  }

  expect((await operator.status()).body["healing"]).toMatchObject({ goodRounds: [] });
});

test("a round counts once, when its recheck is over", async () => {
  const { operator, agent } = await aFix();
  pass(4 * HOUR);
  const report = aReport({ rule: STANDS, recheck: { good: true } });
  await agent.retries(await agent.work(), { report });
  pass(MINUTE);
  const job = await agent.work();

  for (let repeat = 0; repeat < 2; repeat += 1)
    await agent.done(job, { ...NOT_YET, recheck: { good: true } }, { seq: 9 });

  expect((await operator.status()).body["healing"]).toMatchObject({
    goodRounds: [START + 4 * HOUR + MINUTE],
  });
});

test("another job's report that shows the rule moves no recheck and adds none", async () => {
  const { operator, agent } = await aFix();
  pass(HOUR);
  await operator.request("diagnose");

  await agent.done(await agent.work(), { outcome: "stood-down", rule: STANDS });

  expect(await rechecksInHours(operator)).toEqual([3]);
});

test("a report that shows the rule and ends nothing makes the recheck too", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  await operator.request("remediate");

  await agent.retries(await agent.work(), { report: aReport({ rule: STANDS }) });

  expect(await rechecksInHours(operator)).toEqual([4]);
});

test("a report that shows that the rule has gone cancels the recheck", async () => {
  const { operator, agent } = await aFix();
  const [recheck] = await openJobs(operator);
  await operator.request("diagnose");

  await agent.done(await agent.work(), { outcome: "stood-down", rule: ABSENT });

  expect(await openJobs(operator)).toEqual([]);
  expect((await operator.job(recheck?.id ?? "")).body).toMatchObject({
    outcome: "cancelled",
    endedBy: "backon",
  });
});

test("a recheck that nobody claims for a day expires, and the next one is due in four hours", async () => {
  const { operator } = await aFix();
  const [first] = await openJobs(operator);
  pass(28 * HOUR);

  await alarm();

  expect((await operator.job(first?.id ?? "")).body["outcome"]).toBe("expired");
  expect(await rechecksInHours(operator)).toEqual([4]);
});

test("a recheck that a person cancels is followed by the next one", async () => {
  const { operator } = await aFix();
  const [first] = await openJobs(operator);

  await operator.decide(first?.id ?? "", "cancel");

  expect(await rechecksInHours(operator)).toEqual([4]);
});

test("a recheck that gave up amid a write is followed by the next one, which will look", async () => {
  const { operator, agent } = await aFix();
  pass(4 * HOUR);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const job = await agent.work();
    await agent.progress(job, { intent: { on: "router", what: "withdraw our rule" } });
    pass(2 * MINUTE);
    await alarm();
    pass(MINUTE);
  }

  const { body } = await operator.status();

  expect(body["rule"]).toMatchObject({ state: "unknown" });
  expect(await rechecksInHours(operator)).toEqual([4 - MINUTE / HOUR]);
});

test("a person's undo cancels the recheck, and none follows while the undo is open", async () => {
  const { operator, agent } = await aFix();
  const [recheck] = await openJobs(operator);
  await operator.request("withdraw");
  const meanwhile = await rechecksInHours(operator);

  await agent.done(await agent.work(), { outcome: "withdrawn", rule: ABSENT });

  expect(meanwhile).toEqual([]);
  expect((await operator.job(recheck?.id ?? "")).body).toMatchObject({
    outcome: "cancelled",
    endedBy: "anna",
  });
  expect(await openJobs(operator)).toEqual([]);
});

test("an undo that fails leaves a rule that is rechecked", async () => {
  const { operator, agent } = await aFix();
  await operator.request("withdraw");

  await agent.done(await agent.work(), { outcome: "router-failed", rule: STANDS });

  expect(await rechecksInHours(operator)).toEqual([4]);
});

test("an undo during a recheck ends the recheck and starts no other", async () => {
  const { operator, agent } = await aFix();
  pass(4 * HOUR);
  const recheck = await agent.work();
  await operator.request("withdraw");

  await agent.done(recheck, { outcome: "cancelled", rule: STANDS });

  expect(await rechecksInHours(operator)).toEqual([]);
  expect((await agent.work()).kind).toBe("withdraw");
});

test("a recheck that finds the rule taken off by a person lets no alert put it back", async () => {
  const { operator, agent } = await aFix();
  pass(4 * HOUR);

  await agent.done(await agent.work(), { outcome: "held-by-person", rule: ABSENT });
  await alert(await anAlertmanager());

  expect(await openJobs(operator)).toEqual([]);
  expect((await operator.status()).body["hold"]).toMatchObject({ until: null });
});

test("a rule that went amid a recheck's own write is not laid to a person", async () => {
  const { operator, agent } = await aFix();
  pass(4 * HOUR);
  const job = await agent.work();
  await agent.progress(job, { intent: { on: "router", what: "withdraw our rule" } });

  await agent.done(await agent.work(), { outcome: "held-by-person", rule: ABSENT });

  expect((await operator.status()).body["hold"]).not.toMatchObject({ until: null });
});

test("what another job says of healing counts for nothing", async () => {
  const { operator, agent } = await aFix();
  await operator.request("diagnose");

  await agent.done(await agent.work(), {
    outcome: "healed",
    rule: STANDS,
    recheck: { good: true },
  });

  expect((await operator.status()).body["healing"]).toMatchObject({ goodRounds: [] });
});
