// What lists and the overview know of a cluster without reading a report: each job's verdict and host, the
// agent's mode, since when our rule stands, and the last thirty days.
import { expect, test } from "vitest";
import { TOLD } from "../routes/a-told-job.ts";
import { HOUR, MINUTE } from "../support/a-job.ts";
import { anAgent } from "../support/an-agent.ts";
import { anOperator } from "../support/an-operator.ts";
import { freshWorldEachTest, pass, START } from "../support/worker.ts";

freshWorldEachTest();

const OURS = { state: "present", ours: true, at: 1 } as const;
const NONE = { state: "absent", ours: false, at: 2 } as const;

test("a job says in its list what its report is about", async () => {
  const [operator, agent] = [await anOperator(), await anAgent()];
  await operator.request("remediate");
  await agent.done(await agent.work(), TOLD);

  const { jobs } = await operator.jobs();

  expect(jobs[0]).toMatchObject({ verdict: "ipv6-tls-stall", host: "registry-1.docker.io" });
});

test("a diagnosis of a registry that somebody named is not the cluster's last verdict", async () => {
  const [operator, agent] = [await anOperator(), await anAgent()];
  await operator.request("remediate");
  await agent.done(await agent.work(), TOLD);
  pass(MINUTE);
  await operator.request("diagnose", { body: { registry: "ghcr.io" } });
  await agent.done(await agent.work(), { verdict: "no-ipv6", outcome: "observed" });

  const { body } = await operator.status();

  expect(body).toMatchObject({ verdict: { name: "ipv6-tls-stall", host: "registry-1.docker.io" } });
  const { jobs } = await operator.jobs();
  expect(jobs[0]).toMatchObject({ verdict: "no-ipv6", host: "ghcr.io" });
});

test("the status has the agent's mode; an older agent does not say", async () => {
  const [operator, agent] = [await anOperator(), await anAgent()];

  await agent.claim();
  expect((await operator.status()).body).toMatchObject({ agent: { mode: null } });
  await agent.claim({ mode: "approve" });
  expect((await operator.status()).body).toMatchObject({ agent: { mode: "approve" } });
});

test("our rule stands since the first report that saw it, until one that does not", async () => {
  const [operator, agent] = [await anOperator(), await anAgent()];
  const since = async () => (await operator.status()).body;
  await operator.request("remediate");
  await agent.done(await agent.work(), { rule: OURS });
  pass(HOUR);
  await operator.request("diagnose");
  await agent.done(await agent.work(), { rule: OURS, outcome: "observed" });
  expect(await since()).toMatchObject({ ruleSince: START });

  await operator.request("withdraw");
  await agent.done(await agent.work(), { rule: NONE, outcome: "withdrawn" });
  expect(await since()).toMatchObject({ ruleSince: null });
});

test("each day has its worst ending, for thirty days", async () => {
  const [operator, agent] = [await anOperator(), await anAgent()];
  const end = async (outcome: "recovered" | "no-better" | "observed") => {
    await operator.request("diagnose");
    await agent.done(await agent.work(), { outcome });
  };
  const day = (after: number) => new Date(START + after * 24 * HOUR).toISOString().slice(0, 10);
  await end("no-better");
  await end("recovered");
  pass(24 * HOUR);
  await end("observed");
  expect((await operator.status()).body).toMatchObject({
    days: { [day(0)]: "bad", [day(1)]: "no" },
  });

  pass(30 * 24 * HOUR);
  await end("recovered");
  expect((await operator.status()).body).toMatchObject({ days: { [day(31)]: "good" } });
  expect(Object.keys(((await operator.status()).body as { days: object }).days)).toEqual([day(31)]);
});
