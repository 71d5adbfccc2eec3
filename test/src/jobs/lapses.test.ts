// What time does to a job: leases that lapse, jobs that grow too old.
import { expect, test } from "vitest";
import { HOUR, MINUTE, SECOND } from "../support/a-job.ts";
import { anAgent } from "../support/an-agent.ts";
import { anOperator, idIn } from "../support/an-operator.ts";
import { alarm, alarmInMs, freshWorldEachTest, pass, stored } from "../support/worker.ts";

freshWorldEachTest();

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

test("a job that nobody claims for a day expires", async () => {
  const operator = await anOperator();
  const id = idIn(await operator.request("diagnose"));
  pass(24 * HOUR);

  expect((await operator.job(id)).body).toMatchObject({ state: "finished", outcome: "expired" });
});
