// Who decided what about a job, as its audit trail has it.
import { PLAN_HASH } from "../support/a-job.ts";
import { expect, test } from "vitest";
import * as z from "zod/mini";
import { decisions } from "../../../src/story/decisions.ts";
import { anAgent } from "../support/an-agent.ts";
import { anOperator, idIn, type Operator } from "../support/an-operator.ts";
import { aSession, submit } from "../support/a-session.ts";
import { freshWorldEachTest } from "../support/worker.ts";

freshWorldEachTest();

const Trail = z.object({
  events: z.array(
    z.object({
      at: z.number(),
      job: z.nullable(z.string()),
      what: z.string(),
      by: z.string(),
      detail: z.string(),
    }),
  ),
});

/** `operator:anna approved` */
async function decided(operator: Operator, id: string): Promise<string[]> {
  const { events } = Trail.parse((await operator.job(id)).body);
  return decisions(events).map(({ what, by }) => `${by} ${what}`);
}

test("an approval, and a stop while the agent works", async () => {
  const [operator, agent] = [await anOperator(), await anAgent()];
  const id = idIn(await operator.request("remediate"));
  await agent.asks(await agent.work());
  await operator.decide(id, "approve", { planHash: PLAN_HASH });
  await agent.work();
  await (await anOperator("ben")).decide(id, "cancel");

  expect(await decided(operator, id)).toEqual([
    "operator:anna approved",
    "operator:ben asked to stop",
  ]);
});

test.each([
  ["dismiss", "operator:anna dismissed"],
  ["cancel", "operator:anna cancelled"],
] as const)("%s of a waiting plan", async (what, words) => {
  const [operator, agent] = [await anOperator(), await anAgent()];
  const id = idIn(await operator.request("remediate"));
  await agent.asks(await agent.work());
  await operator.decide(id, what);

  expect(await decided(operator, id)).toEqual([words]);
});

test("an undo, once", async () => {
  const [operator, agent, session] = [await anOperator(), await anAgent(), await aSession()];
  const id = idIn(await operator.request("remediate"));
  await agent.done(await agent.work());
  await submit(`/clusters/home/jobs/${id}/undo`, {}, session);
  await submit(`/clusters/home/jobs/${id}/undo`, {}, session);

  expect(await decided(operator, id)).toEqual(["operator:anna asked for an undo"]);
});

test("what an undo cancels is the person's, what the Worker cancels is nobody's", async () => {
  const operator = await anOperator();
  const id = idIn(await operator.request("remediate"));
  await operator.request("withdraw");

  expect(await decided(operator, id)).toEqual(["anna cancelled"]);
  const at = { at: 0, job: "j1", detail: "" };
  expect(decisions([{ ...at, what: "cancel: queued → finished cancelled", by: "backon" }])).toEqual(
    [],
  );
});
