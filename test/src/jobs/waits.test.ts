// A running job says what it does, since when, and what it waits for.
import { expect, test } from "vitest";
import { anAgent } from "../support/an-agent.ts";
import { anOperator, idIn } from "../support/an-operator.ts";
import { aSession, visit } from "../support/a-session.ts";
import { MINUTE } from "../support/a-job.ts";
import { freshWorldEachTest, pass, START } from "../support/worker.ts";

freshWorldEachTest();

async function aRunningJob() {
  const [operator, agent] = [await anOperator(), await anAgent()];
  const id = idIn(await operator.request("remediate"));
  return { operator, agent, id, job: await agent.work() };
}

test("what is waited for ends at a moment, and goes with its stage", async () => {
  const { operator, agent, id, job } = await aRunningJob();
  const waits = { what: "the next round, because one round is no proof", forMs: MINUTE };

  await agent.progress(job, { waits });
  pass(MINUTE / 2);
  await agent.progress(job);
  expect((await operator.job(id)).body).toMatchObject({
    stage: "probe",
    stageSince: START,
    waits: { what: waits.what, until: START + MINUTE },
  });

  await agent.progress(job, { stage: "apply" });
  expect((await operator.job(id)).body).toMatchObject({
    stage: "apply",
    stageSince: START + MINUTE / 2,
    waits: null,
  });
});

test("the page shows it as steps, with the one that runs and what it waits for", async () => {
  const { agent, id, job } = await aRunningJob();
  await agent.progress(job, {
    waits: { what: "5 pods to pull, 3 pulled", forMs: null },
    stage: "watch",
  });

  const { text } = await visit(`/clusters/home/jobs/${id}`, await aSession());

  expect(text).toContain('aria-current="step"><strong>Watch the pods</strong>');
  expect(text).toContain("5 pods to pull, 3 pulled");
  expect(text).toContain('<li class="step done"><strong>Restart the pods</strong>');
});

test("a word of an agent about what it waits for is at most 200 characters", async () => {
  const { agent, job } = await aRunningJob();

  const long = await agent.progress(job, { waits: { what: "x".repeat(201), forMs: null } });

  expect(long.status).toBe(422);
});
