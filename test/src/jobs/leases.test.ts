// Who may work on what, and until when: claims, leases, fences; through the agent's calls.
import { expect, test } from "vitest";
import { MINUTE } from "../support/a-job.ts";
import { alert, anAlertmanager } from "../support/alerts.ts";
import { anAgent } from "../support/an-agent.ts";
import { anOperator } from "../support/an-operator.ts";
import { freshWorldEachTest, pass, rowsWritten } from "../support/worker.ts";

freshWorldEachTest();

test("jobs are handed out in the order: withdraw, a person's fix, diagnose", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  await operator.request("diagnose");
  await operator.request("withdraw");
  await operator.request("remediate");

  const order: string[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    const job = await agent.work();
    order.push(job.kind);
    await agent.done(job);
  }

  expect(order).toEqual(["withdraw", "remediate", "diagnose"]);
});

test("an alert's fix waits behind a person's diagnosis", async () => {
  await alert(await anAlertmanager());
  await (await anOperator()).request("diagnose");
  const agent = await anAgent();

  const first = await agent.work();

  expect(first.kind).toBe("diagnose");
});

test("while one job is leased, another agent gets nothing", async () => {
  const operator = await anOperator();
  await operator.request("remediate");
  await operator.request("diagnose");
  await (await anAgent("agent-1")).work();

  const { job, leaseMs } = await (await anAgent("agent-2")).claim();

  expect({ job, leaseMs }).toEqual({ job: null, leaseMs: 0 });
});

test("a claim leases the job for two minutes and says what the agent needs", async () => {
  await (await anOperator()).request("remediate", { body: { registry: "ghcr.io" } });
  const agent = await anAgent();

  const reply = await agent.claim();

  expect(reply).toMatchObject({
    leaseMs: 120_000,
    rule: null,
    job: { kind: "remediate", cluster: "home", registry: "ghcr.io", attempts: 1, fence: 1 },
  });
});

test("the same agent takes its job over with a new fence, and the old fence is refused", async () => {
  await (await anOperator()).request("remediate");
  const agent = await anAgent();
  const before = await agent.work();

  const after = await agent.work();

  expect(after).toMatchObject({ id: before.id, attempts: 1, fence: before.fence + 1 });
  expect((await agent.progress(before)).status).toBe(409);
  expect((await agent.done(before)).status).toBe(409);
  expect((await agent.progress(after)).status).toBe(200);
});

test("a claim repeated with its claimId gets the same lease, and nothing is written", async () => {
  await (await anOperator()).request("remediate");
  const agent = await anAgent();
  const first = await agent.claim({ claimId: "c1" });
  const before = await rowsWritten();

  const second = await agent.claim({ claimId: "c1" });

  expect(second).toEqual(first);
  expect(await rowsWritten()).toBe(before);
});

test("fences grow over all jobs of the cluster", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  const fences: number[] = [];
  for (const kind of ["diagnose", "remediate", "diagnose"]) {
    await operator.request(kind);
    const job = await agent.work();
    fences.push(job.fence);
    await agent.done(job);
  }

  expect(fences).toEqual([1, 2, 3]);
});

test("an agent that does not know a kind leaves it to one that does", async () => {
  await (await anOperator()).request("withdraw");

  const old = await (await anAgent("old")).claim({ kinds: ["remediate"] });
  const { kind } = await (await anAgent("new")).work();

  expect(old.job).toBe(null);
  expect(kind).toBe("withdraw");
});

test("progress renews the lease, but not beyond 30 minutes in all", async () => {
  await (await anOperator()).request("remediate");
  const agent = await anAgent();
  const job = await agent.work();

  const leases: unknown[] = [];
  for (let minute = 1; minute <= 29; minute += 1) {
    pass(MINUTE);
    leases.push((await agent.progress(job)).body["leaseMs"]);
  }
  pass(MINUTE);
  const late = await agent.progress(job);

  expect(leases.slice(0, 28)).toEqual(Array.from({ length: 28 }, () => 120_000));
  expect(leases[28]).toBe(60_000);
  expect(late.status).toBe(409);
});

test("progress repeated byte for byte gets the stored answer and announces nothing twice", async () => {
  await (await anOperator()).request("remediate");
  const agent = await anAgent();
  const job = await agent.work();
  const intent = { on: "router", what: "PUT the rule" };
  const first = await agent.progress(job, { seq: 1, intent });
  const before = await rowsWritten();

  const again = await agent.progress(job, { seq: 1, intent });

  expect([again.status, again.body]).toEqual([200, first.body]);
  expect(await rowsWritten()).toBe(before);
});

test("a report repeated byte for byte gets the stored answer; with another body it is refused", async () => {
  await (await anOperator()).request("remediate");
  const agent = await anAgent();
  const job = await agent.work();

  const first = await agent.done(job, {}, { seq: 7 });
  const again = await agent.done(job, {}, { seq: 7 });
  const other = await agent.done(job, { summary: "something else" }, { seq: 7 });

  expect(first.body).toEqual({ state: "finished", outcome: "recovered" });
  expect([again.status, again.body]).toEqual([200, first.body]);
  expect(other.status).toBe(409);
});

test("a job handed back at shutdown is due at once, at the same attempt", async () => {
  await (await anOperator()).request("remediate");
  const agent = await anAgent();
  const job = await agent.work();

  await agent.releases(job);

  expect(await (await anAgent("agent-2")).work()).toMatchObject({ id: job.id, attempts: 1 });
});

test("the report's word about our rule is what the next claim hears", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  await operator.request("remediate");
  const rule = { state: "present" as const, ours: true, at: 1, networks: ["2600:1f18::/32"] };
  await agent.done(await agent.work(), { rule });

  expect((await agent.claim()).rule).toEqual(rule);
});
