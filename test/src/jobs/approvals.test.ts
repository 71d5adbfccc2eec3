// What a person approves is what they read, and it stays told who approved which plan.
import { expect, test } from "vitest";
import type { ClaimedJob } from "../../../src/protocol/calls.ts";
import { MINUTE, PLAN, PLAN_HASH } from "../support/a-job.ts";
import { aReport } from "../support/a-report.ts";
import { anAgent, type Agent } from "../support/an-agent.ts";
import { anOperator, type Operator } from "../support/an-operator.ts";
import { freshWorldEachTest, pass } from "../support/worker.ts";

freshWorldEachTest();

/** A fix whose plan needs approval; `work` is the lease under which the agent asked. */
async function anAskedJob(): Promise<{
  id: string;
  agent: Agent;
  operator: Operator;
  work: ClaimedJob;
}> {
  const operator = await anOperator();
  const agent = await anAgent();
  await operator.request("remediate");
  const work = await agent.work();
  await agent.asks(work);
  return { id: work.id, agent, operator, work };
}

test.each([
  ["a hash that is not the plan's", { planHash: "5e8199ff9be5b5d993ed59d74ce86cc8" }],
  [
    "another plan than its report's",
    { plan: { ...PLAN, restart: { ...PLAN.restart, ceiling: 500 } } },
  ],
  ["a report that names another hash", { report: aReport({ planHash: "h2" }) }],
])(
  "an agent that asks with %s is refused: a person approves what they read",
  async (_, changes) => {
    const operator = await anOperator();
    const agent = await anAgent();
    await operator.request("remediate");
    const work = await agent.work();

    const reply = await agent.asks(work, changes);

    expect(reply.status).toBe(422);
    expect((await operator.job(work.id)).body).toMatchObject({ state: "leased", report: null });
  },
);

test("the trail keeps which plan was approved", async () => {
  const { id, operator } = await anAskedJob();
  await operator.decide(id, "approve", { planHash: PLAN_HASH });

  expect((await operator.job(id)).body["events"]).toContainEqual(
    expect.objectContaining({ what: "approve: awaiting → queued", detail: PLAN_HASH }),
  );
});

test("late news of a lease that is over changes no report beside an approval", async () => {
  const { id, agent, operator, work } = await anAskedJob();
  await operator.decide(id, "approve", { planHash: PLAN_HASH });

  const reply = await agent.retries(work);

  expect(reply.status).toBe(409);
});

test("a lease that is over is reported on once", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  await operator.request("remediate");
  const work = await agent.work();
  pass(3 * MINUTE);

  const statuses = [await agent.retries(work), await agent.retries(work)].map(
    ({ status }) => status,
  );

  expect(statuses).toEqual([200, 409]);
});

test("an agent cannot push who approved out of the trail: it announces no write without end", async () => {
  const { id, agent, operator } = await anAskedJob();
  await operator.decide(id, "approve", { planHash: PLAN_HASH });
  const work = await agent.work();
  const intent = { on: "cluster", what: "again" };
  for (let event = 0; event < 510; event += 1) await agent.progress(work, { intent });

  const { events } = (await operator.job(id)).body as { events: { what: string }[] };

  expect(events.map(({ what }) => what)).toContain("approve: awaiting → queued");
}, 30_000);
