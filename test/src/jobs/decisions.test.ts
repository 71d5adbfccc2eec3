// A person's word on one job: approve, dismiss, cancel.
import { expect, test } from "vitest";
import { HOUR, MINUTE, PLAN_HASH } from "../support/a-job.ts";
import { alert, anAlertmanager } from "../support/alerts.ts";
import { anAgent, type Agent } from "../support/an-agent.ts";
import { anOperator, idIn, type Operator } from "../support/an-operator.ts";
import { freshWorldEachTest, pass } from "../support/worker.ts";

freshWorldEachTest();

/** A fix whose plan needs approval. */
async function anAskedJob(): Promise<{ id: string; agent: Agent; operator: Operator }> {
  const operator = await anOperator();
  const agent = await anAgent();
  const id = idIn(await operator.request("remediate"));
  await agent.asks(await agent.work());
  return { id, agent, operator };
}

test("a plan that waits is shown with its hash, and nobody can claim it", async () => {
  const { id, agent, operator } = await anAskedJob();

  const { body } = await operator.job(id);

  expect(body).toMatchObject({
    state: "awaiting",
    planHash: PLAN_HASH,
    report: { planHash: PLAN_HASH },
  });
  expect((await agent.claim()).job).toBe(null);
});

test("approving another plan is refused with both hashes, and nothing changes", async () => {
  const { id, operator } = await anAskedJob();

  const reply = await operator.decide(id, "approve", { planHash: "h2" });

  expect(reply.status).toBe(409);
  expect(reply.body["detail"]).toMatch(new RegExp(`${PLAN_HASH}.*h2`));
  expect((await operator.job(id)).body["state"]).toBe("awaiting");
});

test("the approved plan is claimed again, with the approval", async () => {
  const { id, agent, operator } = await anAskedJob();

  const reply = await operator.decide(id, "approve", { planHash: PLAN_HASH });

  expect(reply).toMatchObject({ status: 200, body: { state: "queued" } });
  const job = await agent.work();
  expect(job).toMatchObject({ id, asks: 1, approval: { hash: PLAN_HASH, by: "operator:anna" } });
});

test("an approval is worth nothing after 15 minutes", async () => {
  const { id, agent, operator } = await anAskedJob();
  await operator.decide(id, "approve", { planHash: PLAN_HASH });
  pass(15 * MINUTE);

  expect((await agent.work()).approval).toBe(null);
});

test("a second approval is answered with who was first", async () => {
  const { id, operator } = await anAskedJob();
  await operator.decide(id, "approve", { planHash: PLAN_HASH });

  const reply = await (await anOperator("ben")).decide(id, "approve", { planHash: PLAN_HASH });

  expect(reply.body["approvedBy"]).toBe("operator:anna");
});

test.each([
  ["another plan's hash", 0, "h2", new RegExp(`${PLAN_HASH}.*h2`)],
  ["the same hash after 15 minutes", 15 * MINUTE, PLAN_HASH, /run out/],
])("a second approval with %s is refused and says why", async (_, laterMs, planHash, says) => {
  const { id, operator } = await anAskedJob();
  await operator.decide(id, "approve", { planHash: PLAN_HASH });
  pass(laterMs);

  const reply = await operator.decide(id, "approve", { planHash });

  expect(reply.status).toBe(409);
  expect(reply.body["detail"]).toMatch(says);
});

test("the third time that an agent asks, the plan has changed too often", async () => {
  const { id, agent, operator } = await anAskedJob();
  for (let again = 0; again < 2; again += 1) {
    await operator.decide(id, "approve", { planHash: PLAN_HASH });
    await agent.asks(await agent.work());
  }

  expect((await operator.job(id)).body).toMatchObject({ outcome: "plan-changed" });
});

test("a plan that nobody decides on expires after 30 minutes", async () => {
  const { id, operator } = await anAskedJob();
  pass(30 * MINUTE);

  const reply = await operator.decide(id, "approve", { planHash: PLAN_HASH });

  expect(reply.status).toBe(409);
  expect((await operator.job(id)).body["outcome"]).toBe("expired");
});

test("a dismissed plan holds alerts off for 24 hours", async () => {
  const { id, agent, operator } = await anAskedJob();

  const reply = await operator.decide(id, "dismiss");

  expect(reply).toMatchObject({ status: 200, body: { outcome: "dismissed" } });
  await alert(await anAlertmanager());
  pass(24 * HOUR - 1);
  expect((await agent.claim()).job).toBe(null);
  pass(1);
  expect((await agent.work()).kind).toBe("remediate");
});

test.each(["approve", "dismiss"] as const)(
  "%s is refused for a job that asks nothing",
  async (what) => {
    const operator = await anOperator();
    const id = idIn(await operator.request("remediate"));

    const reply = await operator.decide(id, what, { planHash: PLAN_HASH });

    expect(reply.status).toBe(409);
  },
);

test("a job that waits is cancelled at once", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  const id = idIn(await operator.request("remediate"));

  const reply = await operator.decide(id, "cancel");

  expect(reply).toMatchObject({ status: 200, body: { outcome: "cancelled" } });
  expect((await agent.claim()).job).toBe(null);
});

test("a job that an agent works on is cancelled through the agent: 202, and progress says so", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  const id = idIn(await operator.request("remediate"));
  const job = await agent.work();
  const before = await agent.progress(job);

  const reply = await operator.decide(id, "cancel");

  expect(reply).toMatchObject({ status: 202, body: { state: "leased" } });
  expect(before.body["cancel"]).toBe(false);
  expect((await agent.progress(job)).body["cancel"]).toBe(true);
  expect((await agent.retries(job)).body).toEqual({ state: "finished", outcome: "cancelled" });
});

test("an undo that is cancelled before its time says that the hold stays", async () => {
  const operator = await anOperator();
  const id = idIn(await operator.request("withdraw"));

  await operator.decide(id, "cancel");

  expect((await operator.job(id)).text).toContain("the hold stays");
  expect((await operator.status()).body["hold"]).toMatchObject({ until: null });
});

test("a cancel is not forgotten when the agent shuts down", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  const id = idIn(await operator.request("remediate"));
  const job = await agent.work();
  await operator.decide(id, "cancel");

  await agent.releases(job);

  expect((await operator.job(id)).body).toMatchObject({ outcome: "cancelled" });
});

test("a finished job can be neither cancelled nor approved", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  const id = idIn(await operator.request("remediate"));
  await agent.done(await agent.work());

  const replies = [
    await operator.decide(id, "cancel"),
    await operator.decide(id, "dismiss"),
    await operator.decide(id, "approve", { planHash: PLAN_HASH }),
  ];

  expect(replies.map(({ status }) => status)).toEqual([409, 409, 409]);
});

test("the job tells its story: who did what, and when", async () => {
  const { id, agent, operator } = await anAskedJob();
  await operator.decide(id, "approve", { planHash: PLAN_HASH });
  await agent.done(await agent.work());

  const events = (await operator.job(id)).body["events"] as { what: string; by: string }[];

  expect(events.map(({ what, by }) => `${by}: ${what}`)).toEqual([
    "anna: opened",
    "agent-1: claim: queued → leased",
    "agent: ask: leased → awaiting",
    "operator:anna: approve: awaiting → queued",
    "agent-1: claim: queued → leased",
    "agent: done: leased → finished recovered",
  ]);
});
