// Who may work on what, and until when: claims, leases, fences; through the agent's calls.
import { expect, test } from "vitest";
import { HOUR, MINUTE, SECOND } from "../support/a-job.ts";
import { alert, anAlertmanager } from "../support/alerts.ts";
import { anAgent } from "../support/an-agent.ts";
import { anOperator, idIn } from "../support/an-operator.ts";
import {
  alarm,
  alarmInMs,
  freshWorldEachTest,
  pass,
  rowsWritten,
  stored,
} from "../support/worker.ts";

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

test.each(["by the alarm", "by the next call"])("a lease lapses %s", async (how) => {
  const operator = await anOperator();
  const agent = await anAgent();
  const id = idIn(await operator.request("remediate"));
  await agent.work();
  pass(120 * SECOND);

  if (how === "by the alarm") expect(await alarm()).toBe(true);
  else expect((await agent.claim()).job).toBe(null);

  const { text } = await stored();
  expect(text).toContain("lapse: leased → queued");
  pass(30 * SECOND);
  expect(await agent.work()).toMatchObject({ id, attempts: 2, fence: 2 });
});

test("the alarm is set for the end of the lease", async () => {
  await (await anOperator()).request("remediate");
  const agent = await anAgent();
  const job = await agent.work();

  expect(await alarmInMs()).toBe(120 * SECOND);

  await agent.done(job);
  await alarm();
  expect(await alarmInMs()).toBe(24 * HOUR);
});

test("after three lapses the job gives up, and a fourth attempt never starts", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  const id = idIn(await operator.request("remediate"));

  const attempts: unknown[] = [];
  for (let claim = 0; claim < 4; claim += 1) {
    attempts.push((await agent.claim()).job?.attempts);
    pass(2 * MINUTE);
    await alarm();
    pass(MINUTE);
  }

  expect(attempts).toEqual([1, 2, 3, undefined]);
  expect((await operator.job(id)).body).toMatchObject({ outcome: "gave-up", attempt: 3 });
});

test("a lease that lapses after an announced write leaves the router uncertain", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  const id = idIn(await operator.request("remediate"));
  const job = await agent.work();
  await agent.progress(job, { intent: { on: "router", what: "PUT the rule" } });
  pass(3 * MINUTE);

  const { rule } = await (await anAgent("agent-2")).claim();

  expect(rule).toMatchObject({ state: "unknown", ours: true });
  const { body, text } = await operator.job(id);
  expect(body).toMatchObject({ state: "queued", routerUncertain: true });
  expect(text).toContain("router uncertain");
  pass(MINUTE);
  expect((await agent.work()).intent).toBe("PUT the rule");
});

test("an announced eviction leaves the router certain", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  const id = idIn(await operator.request("remediate"));
  const job = await agent.work();
  await agent.progress(job, { intent: { on: "cluster", what: "evict apps/web" } });
  pass(3 * MINUTE);

  const { body, text } = await operator.job(id);

  expect(body).toMatchObject({ state: "queued", routerUncertain: false });
  expect(text).toContain("evict apps/web");
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
  const rule = { state: "present" as const, ours: true, at: 1, dstAddress: "2600:1f18::/32" };
  await agent.done(await agent.work(), { rule });

  expect((await agent.claim()).rule).toEqual(rule);
});

test("a job that nobody claims for a day expires", async () => {
  const operator = await anOperator();
  const id = idIn(await operator.request("diagnose"));
  pass(24 * HOUR);

  expect((await operator.job(id)).body).toMatchObject({ state: "finished", outcome: "expired" });
});
