// After a healing: alerts are heard again, and a path that does not stay well is given up on.
import { expect, test } from "vitest";
import type { RuleState } from "../../../src/protocol/report.ts";
import { HOUR, MINUTE } from "../support/a-job.ts";
import { alert, anAlertmanager } from "../support/alerts.ts";
import { anAgent, type Agent } from "../support/an-agent.ts";
import { anOperator, type Operator } from "../support/an-operator.ts";
import { freshWorldEachTest, pass, stored } from "../support/worker.ts";
import { ABSENT, openJobs, STANDS } from "./standing-rule.ts";

freshWorldEachTest();

const DAY = 24 * HOUR;

/** An alert's job sets the rule; holds of earlier jobs are over. */
async function ruleIsSet(agent: Agent): Promise<void> {
  await alert(await anAlertmanager());
  await agent.done(await agent.work({ kinds: ["remediate"] }), { rule: STANDS });
}

async function pathHeals(agent: Agent, changes: { rule?: RuleState | null } = {}): Promise<void> {
  pass(4 * HOUR);
  const recheck = await agent.work({ kinds: ["recheck"] });
  const report = { outcome: "healed", rule: ABSENT, recheck: { good: true }, ...changes } as const;
  await agent.done(recheck, report);
}

/** The rule was set, and went and came back as often as this. */
async function aRelapsedPath(times: number): Promise<{ operator: Operator; agent: Agent }> {
  const operator = await anOperator();
  const agent = await anAgent();
  await ruleIsSet(agent);
  for (let relapse = 0; relapse < times; relapse += 1) {
    await pathHeals(agent);
    pass(DAY);
    await ruleIsSet(agent);
  }
  return { operator, agent };
}

async function healingNow(operator: Operator): Promise<unknown> {
  return (await operator.status()).body["healing"];
}

async function openKinds(operator: Operator): Promise<string[]> {
  return (await openJobs(operator)).map(({ kind }) => kind);
}

test("a healed path is rechecked no more, and nothing holds alerts off", async () => {
  const { operator, agent } = await aRelapsedPath(0);
  const { hold } = (await operator.status()).body;
  await pathHeals(agent);

  const open = await openKinds(operator);
  const { jobs } = await alert(await anAlertmanager());

  expect(open).toEqual([]);
  expect((await operator.status()).body["hold"]).toEqual(hold);
  expect(await healingNow(operator)).toBe(null);
  expect((await agent.work()).id).toBe(jobs[0]);
});

test.each([["as it was before", STANDS] as const, ["not at all", null] as const])(
  "a healing ends the rechecks, though its report names the rule %s",
  async (_, rule) => {
    const { operator, agent } = await aRelapsedPath(0);

    await pathHeals(agent, { rule });

    expect(await openKinds(operator)).toEqual([]);
    expect(await healingNow(operator)).toBe(null);
  },
);

test.each([
  [1, 2 * DAY],
  [2, 4 * DAY],
])("after %i relapses within a week the path must be well for %i ms", async (times, neededMs) => {
  const { operator, agent } = await aRelapsedPath(times);

  pass(4 * HOUR);

  const relapsed = { relapses: times, neededMs };
  expect(await healingNow(operator)).toMatchObject({ ...relapsed, kept: false });
  expect((await agent.work()).healing).toMatchObject({ ...relapsed, goodRounds: [] });
});

test("a rule that is needed again after more than a week is no relapse", async () => {
  const { operator, agent } = await aRelapsedPath(1);
  await pathHeals(agent);
  pass(7 * DAY + 1);

  await ruleIsSet(agent);

  expect(await healingNow(operator)).toMatchObject({ relapses: 0, neededMs: DAY });
});

test("the third relapse keeps the rule: no recheck, a line in the log, a word in the status", async () => {
  const { operator } = await aRelapsedPath(3);

  expect(await openKinds(operator)).toEqual([]);
  expect(await healingNow(operator)).toMatchObject({ relapses: 3, kept: true });
  expect((await stored()).text).toContain(
    "the rule is kept: the path has failed again three times within a week of healing",
  );
});

test("the story of the job that set it again says that the rule is kept", async () => {
  const { operator, agent } = await aRelapsedPath(2);
  await pathHeals(agent);
  pass(DAY);
  const { jobs } = await alert(await anAlertmanager());
  await agent.done(await agent.work(), { rule: STANDS });

  const { events } = (await operator.job(jobs[0] ?? "")).body as { events: { what: string }[] };

  expect(events.map(({ what }) => what)).toContain("rule kept");
});

test("a kept rule is said to be kept once, however many jobs see it", async () => {
  const { operator, agent } = await aRelapsedPath(3);
  await operator.request("diagnose");

  await agent.done(await agent.work(), { outcome: "stood-down", rule: STANDS });

  expect((await stored()).text.split("the rule is kept")).toHaveLength(2);
});

test("a person's fix gives a kept rule its chances again", async () => {
  const { operator, agent } = await aRelapsedPath(3);
  await operator.request("remediate");

  await agent.done(await agent.work(), { rule: STANDS });

  expect(await openKinds(operator)).toEqual(["recheck"]);
  expect(await healingNow(operator)).toMatchObject({ relapses: 0, neededMs: DAY, kept: false });
});

test("an alert gives a kept rule nothing", async () => {
  const { operator, agent } = await aRelapsedPath(3);
  pass(15 * MINUTE);

  await ruleIsSet(agent);

  expect(await healingNow(operator)).toMatchObject({ kept: true });
});

test("a kept rule that a person took off is no longer kept when a fix sets it again", async () => {
  const { operator, agent } = await aRelapsedPath(3);
  await operator.request("withdraw");
  await agent.done(await agent.work(), { outcome: "withdrawn", rule: ABSENT });
  await operator.request("remediate");

  await agent.done(await agent.work(), { rule: STANDS });

  expect(await healingNow(operator)).toMatchObject({ relapses: 0, kept: false });
});
