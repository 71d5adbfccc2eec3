// What comes late: a report of an attempt that is over, a reason while an attempt runs.
import { expect, test } from "vitest";
import type { RuleState } from "../../../src/protocol/report.ts";
import { MINUTE, SECOND } from "../support/a-job.ts";
import { aReport } from "../support/a-report.ts";
import { alert, anAlertmanager } from "../support/alerts.ts";
import { Agent, anAgent } from "../support/an-agent.ts";
import { anOperator, idIn } from "../support/an-operator.ts";
import { ask, aToken, freshWorldEachTest, pass } from "../support/worker.ts";

freshWorldEachTest();

function aRule(state: RuleState["state"], at: number): RuleState {
  return { state, ours: true, at };
}

test.each(["retries", "releases"] as const)(
  "a job that %s after its end keeps its report, and the rule is as a later job saw it",
  async (late) => {
    const operator = await anOperator();
    const agent = await anAgent();
    const first = idIn(await operator.request("remediate"));
    const job = await agent.work();
    await agent.done(job, { rule: aRule("present", 1) });
    await operator.request("remediate");
    await agent.done(await agent.work(), { outcome: "no-better", rule: aRule("absent", 2) });

    const reply = await agent[late](job, {
      report: aReport({ summary: "late", rule: aRule("present", 1) }),
    });

    expect(reply).toMatchObject({ status: 200, body: { state: "finished" } });
    expect((await agent.claim()).rule).toEqual(aRule("absent", 2));
    expect((await operator.job(first)).text).not.toContain("late");
  },
);

test("the late report of a job that has none is kept, but not what it says of the rule", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  const first = idIn(await operator.request("diagnose"));
  const job = await agent.work();
  await operator.decide(first, "cancel");
  pass(2 * MINUTE);
  await operator.request("remediate");
  await agent.done(await agent.work(), { rule: aRule("present", 2) });

  await agent.done(job, { summary: "late", rule: aRule("absent", 1) });

  expect((await operator.job(first)).body).toMatchObject({ report: { summary: "late" } });
  expect((await agent.claim()).rule).toEqual(aRule("present", 2));
});

test("a fix asked for during an attempt that lapses is not ended by that attempt's late report", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  const { jobs } = await alert(await anAlertmanager());
  const job = await agent.work();
  await operator.request("remediate", { body: { registry: "ghcr.io" } });
  pass(2 * MINUTE);

  await agent.done(job, { outcome: "nothing-failing" });

  expect((await operator.job(jobs[0] ?? "")).body["outcome"]).toBe("nothing-failing");
  expect(await agent.work()).toMatchObject({ origin: { by: "anna" }, registry: "ghcr.io" });
});

test("a fix asked for after the lapse is not ended by the late report either", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  await alert(await anAlertmanager());
  const job = await agent.work();
  pass(2 * MINUTE);
  await operator.request("remediate", { body: { registry: "ghcr.io" } });

  await agent.done(job, { outcome: "nothing-failing" });

  expect(await agent.work()).toMatchObject({ origin: { by: "anna" }, registry: "ghcr.io" });
});

test("a fix asked for during the work is done after the plan that came of it is dismissed", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  await alert(await anAlertmanager());
  const job = await agent.work();
  await operator.request("remediate", { body: { registry: "ghcr.io" } });
  await agent.asks(job);

  await operator.decide(job.id, "dismiss");

  expect(await agent.work()).toMatchObject({ origin: { by: "anna" }, registry: "ghcr.io" });
});

test("a fix asked for during the work does not survive a later undo, however the work ended", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  await alert(await anAlertmanager());
  const job = await agent.work();
  await operator.request("remediate", { body: { registry: "ghcr.io" } });
  await agent.asks(job);

  await operator.request("withdraw");
  await agent.done(await agent.work(), { outcome: "withdrawn" });

  expect((await agent.claim()).job).toBe(null);
});

test("one body sent to progress and then to report is two calls of one number: 409", async () => {
  const token = await aToken("agent");
  await (await anOperator()).request("remediate");
  const { id, fence } = await new Agent(token, "agent-1").work();
  const report = { disposition: "release", report: null };
  const what = {
    token,
    body: { protocol: 1, fence, seq: 1, stage: null, intent: null, ...report },
  };
  const first = await ask("POST", `/v1/agent/jobs/${id}/progress`, what);

  const second = await ask("POST", `/v1/agent/jobs/${id}/report`, what);

  expect([first.status, second.status]).toEqual([200, 409]);
});

test("a job that is handed back again and again gets too old", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  const id = idIn(await operator.request("remediate"));
  for (let day = 0; day < 5; day += 1) {
    await agent.releases(await agent.work());
    pass(5 * 60 * MINUTE - SECOND);
  }

  await agent.claim();

  expect((await operator.job(id)).body["outcome"]).toBe("expired");
});

test("a plan that comes of a job after a day's hold waits its 30 minutes", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  const alertmanager = await anAlertmanager();
  const fix = idIn(await operator.request("remediate"));
  await agent.asks(await agent.work());
  await operator.decide(fix, "dismiss");
  await alert(alertmanager);
  pass(24 * 60 * MINUTE);
  const job = await agent.work();
  await agent.asks(job);
  pass(29 * MINUTE);

  const { body } = await operator.job(job.id);

  expect(body["state"]).toBe("awaiting");
});
