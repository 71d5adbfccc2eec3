// From alerts to jobs, through the webhook: one job, however often and from wherever they come.
import { expect, test } from "vitest";
import { alert, anAlertmanager, fixture, taken } from "../support/alerts.ts";
import { anAgent } from "../support/an-agent.ts";
import { anOperator, idIn } from "../support/an-operator.ts";
import { MINUTE } from "../support/a-job.ts";
import {
  ask,
  freshWorldEachTest,
  jobsStored,
  pass,
  rowsWritten,
  stored,
} from "../support/worker.ts";

freshWorldEachTest();

test("an alert about a failed pull opens one job", async () => {
  const alertmanager = await anAlertmanager();

  const answer = await alert(alertmanager);

  expect(answer).toMatchObject({ accepted: 1, resolved: 0, ignored: {} });
  expect(answer.jobs).toHaveLength(1);
  expect(await jobsStored()).toBe(1);
});

test("the repeated notification writes nothing", async () => {
  const alertmanager = await anAlertmanager();
  const first = await alert(alertmanager, "0.33.1/repeat-first.json");
  const before = await rowsWritten();
  pass(MINUTE);

  const second = await alert(alertmanager, "0.33.1/repeat-second.json");

  expect(second.jobs).toEqual(first.jobs);
  expect(await rowsWritten()).toBe(before);
});

test("a repeat while the agent works on the job writes nothing more than the first did", async () => {
  const alertmanager = await anAlertmanager();
  const agent = await anAgent();
  await alert(alertmanager);
  await agent.work();
  await alert(alertmanager);
  const before = await rowsWritten();

  await alert(alertmanager);

  expect(await rowsWritten()).toBe(before);
});

test.each(["0.25.0-slow-receiver-peer-", "0.33.1-slow-receiver-peer-", "two-prometheus-startsat-"])(
  "ha/%s: what two senders say one after the other is one job",
  async (pair) => {
    const alertmanager = await anAlertmanager();
    const names = pair.startsWith("two") ? ["first", "second"] : ["1", "2"];
    const first = await alert(alertmanager, `ha/${pair}${names[0]}.json`);
    const before = await rowsWritten();
    pass(15_000);

    const second = await alert(alertmanager, `ha/${pair}${names[1]}.json`);

    expect(second.jobs).toEqual(first.jobs);
    expect(await rowsWritten()).toBe(before);
  },
);

test.each(["0.25.0", "0.33.1"])(
  "%s: two partitioned peers at the same moment make one job",
  async (version) => {
    const alertmanager = await anAlertmanager();

    const answers = await Promise.all([
      alert(alertmanager, `ha/${version}-partition-1.json`),
      alert(alertmanager, `ha/${version}-partition-2.json`),
    ]);

    expect(new Set(answers.flatMap(({ jobs }) => jobs)).size).toBe(1);
    expect(await jobsStored()).toBe(1);
  },
);

test("1,500 alerts are one job with the first 100 pods recorded", async () => {
  const alertmanager = await anAlertmanager();
  const operator = await anOperator();

  const { accepted, jobs } = await alert(alertmanager, "0.33.1/firing-1500.json");

  expect(accepted).toBe(1500);
  expect(jobs).toHaveLength(1);
  const { body } = await operator.job(jobs[0] ?? "");
  expect(body["targets"]).toHaveLength(100);
});

test("the job says how many alerts the sender cut off", async () => {
  const alertmanager = await anAlertmanager();
  const operator = await anOperator();

  const { truncatedAlerts, jobs } = await alert(alertmanager, "0.33.1/truncated.json");

  expect(truncatedAlerts).toBe(5);
  expect((await operator.job(jobs[0] ?? "")).text).toContain("5 alerts cut off");
});

test("a firing alert that had already resolved is stale and opens nothing", async () => {
  const alertmanager = await anAlertmanager();
  await alert(alertmanager, "0.33.1/resolved-single.json");

  const answer = await alert(alertmanager, "0.33.1/firing-single.json");

  expect(answer).toMatchObject({ accepted: 0, ignored: { stale: 1 }, jobs: [] });
  expect(await jobsStored()).toBe(0);
});

test("the same alert fired anew after its end opens a job", async () => {
  const alertmanager = await anAlertmanager();
  await alert(alertmanager, "0.33.1/resolved-single.json");

  const answer = await alert(alertmanager, "0.33.1/refired-single.json");

  expect(answer).toMatchObject({ accepted: 1, ignored: {} });
  expect(answer.jobs).toHaveLength(1);
});

test.each([
  ["0.33.1/resolved-single.json", 1],
  ["0.33.1/auto-resolved.json", 0],
])("%s alone opens no job, and %i end is recorded", async (file, resolved) => {
  const alertmanager = await anAlertmanager();

  const answer = await alert(alertmanager, file);

  expect(answer).toMatchObject({ accepted: 0, resolved, jobs: [] });
  expect(await jobsStored()).toBe(0);
});

test("a resolved alert neither stops nor removes the open job", async () => {
  const alertmanager = await anAlertmanager();
  const operator = await anOperator();
  const { jobs } = await alert(alertmanager, "0.33.1/firing-single.json");

  await alert(alertmanager, "0.33.1/resolved-single.json");

  expect((await operator.job(jobs[0] ?? "")).body["state"]).toBe("queued");
});

test("alerts without a pull failure in them are a success and no job", async () => {
  const alertmanager = await anAlertmanager();

  const answer = await alert(alertmanager, "0.33.1/minimal.json");

  expect(answer).toMatchObject({ accepted: 0, jobs: [] });
  expect(await jobsStored()).toBe(0);
});

test("an alert during the agent's work opens a new job when the report comes, due after the hold", async () => {
  const alertmanager = await anAlertmanager();
  const agent = await anAgent();
  const operator = await anOperator();
  await alert(alertmanager);
  const job = await agent.work();
  await alert(alertmanager);

  const progress = await agent.progress(job);
  await agent.done(job, { outcome: "recovered" });

  expect(progress.body).toMatchObject({ cancel: false, dirty: true });
  expect((await operator.status()).body).toMatchObject({
    open: [{ kind: "remediate", state: "queued", origin: { via: "alertmanager" } }],
    hold: { why: "remediate ended recovered" },
  });
  expect((await agent.claim()).job).toBe(null);
  pass(15 * MINUTE);
  expect((await agent.work()).id).not.toBe(job.id);
});

test("a job that no alert joined is followed by none", async () => {
  const agent = await anAgent();
  await alert(await anAlertmanager());

  await agent.done(await agent.work());

  expect(await jobsStored()).toBe(1);
});

test("an alert under a hold opens a job that is due when the hold ends", async () => {
  const alertmanager = await anAlertmanager();
  const agent = await anAgent();
  await alert(alertmanager);
  await agent.done(await agent.work());

  await alert(alertmanager);

  expect((await agent.claim()).job).toBe(null);
  pass(15 * MINUTE - 1);
  expect((await agent.claim()).job).toBe(null);
  pass(1);
  expect((await agent.work()).kind).toBe("remediate");
});

test("under a hold without end alerts are recorded once and open nothing", async () => {
  const alertmanager = await anAlertmanager();
  const agent = await anAgent();
  await (await anOperator()).request("withdraw");
  await agent.done(await agent.work(), { outcome: "withdrawn" });

  const first = await alert(alertmanager);
  const before = await rowsWritten();
  const second = await alert(alertmanager);

  expect([first.jobs, second.jobs]).toEqual([[], []]);
  expect((await stored()).text).toContain("signal recorded");
  expect(await rowsWritten()).toBe(before);
});

test("a hold without end cancels the alerts' job that waits", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  const alertmanager = await anAlertmanager();
  await operator.request("remediate");
  const fix = await agent.work();
  await alert(alertmanager);
  await agent.done(fix, { outcome: "recovered" });
  const diagnose = idIn(await operator.request("diagnose"));

  await operator.request("withdraw");

  const open = (await operator.status()).body["open"] as { id: string; kind: string }[];
  expect(open.map(({ kind }) => kind).toSorted()).toEqual(["diagnose", "withdraw"]);
  expect(open.some(({ id }) => id === diagnose)).toBe(true);
});

test("what a sender of one cluster says stays in that cluster", async () => {
  const reply = await ask("POST", "/v1/webhooks/alertmanager", {
    token: await anAlertmanager("branch"),
    raw: fixture("0.33.1/firing-single.json"),
  });

  expect(taken(reply).jobs).toHaveLength(1);
  expect(await jobsStored("branch")).toBe(1);
  expect(await jobsStored("home")).toBe(0);
});
