// What operators see: the cluster at a glance, the list, one job, and how long things are kept.
import { runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { aFinishedJob, HOUR, MINUTE, PLAN_HASH } from "../support/a-job.ts";
import { aReport } from "../support/a-report.ts";
import { alert, anAlertmanager } from "../support/alerts.ts";
import { anAgent } from "../support/an-agent.ts";
import { anOperator, idIn } from "../support/an-operator.ts";
import {
  alarm,
  ask,
  freshWorldEachTest,
  jobsStored,
  pass,
  queueOf,
  rowsWritten,
  START,
  stored,
} from "../support/worker.ts";

freshWorldEachTest();

const DAY = 24 * HOUR;

test("status of a cluster that nobody has called says so", async () => {
  const { body } = await (await anOperator()).status();

  expect(body).toEqual({
    cluster: "home",
    agent: null,
    rule: null,
    ruleSince: null,
    healing: null,
    verdict: null,
    open: [],
    hold: null,
    counts: { open: 0, finished: 0 },
    messages: { waiting: 0, failed: null },
    days: {},
    last: null,
    warnings: [],
    ignored: null,
  });
});

test("status names the agent, when it was last seen, the open jobs, the hold and the counts", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  await alert(await anAlertmanager());
  await agent.done(await agent.work());
  await operator.request("diagnose");
  pass(MINUTE);
  await agent.claim();

  const { body } = await operator.status();

  expect(body).toMatchObject({
    agent: {
      id: "agent-1",
      version: "0.1.0",
      node: "node-1",
      protocol: 1,
      lastSeen: new Date(START + MINUTE).toISOString(),
      doorbell: false,
    },
    open: [{ kind: "diagnose", state: "leased", agent: "agent-1" }],
    hold: { until: START + 15 * MINUTE, why: "remediate ended recovered" },
    counts: { open: 1, finished: 1 },
  });
});

test("a poll that says nothing new writes at most once a minute", async () => {
  const agent = await anAgent();
  await agent.claim();
  const before = await rowsWritten();

  pass(MINUTE - 1);
  await agent.claim();
  const within = await rowsWritten();
  pass(1);
  await agent.claim();

  expect(within).toBe(before);
  expect(await rowsWritten()).toBe(before + 1);
});

test("jobs are listed newest first, page by page, each once", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  const opened: string[] = [];
  for (let count = 0; count < 5; count += 1) {
    pass(1);
    opened.push(idIn(await operator.request("diagnose")));
    await agent.done(await agent.work());
  }

  const listed: string[] = [];
  let path: string | null = "/v1/jobs?limit=2";
  while (path !== null) {
    const { body } = await ask("GET", path, { token: operator.token });
    const page = body as { jobs: { id: string }[]; next: string | null };
    listed.push(...page.jobs.map(({ id }) => id));
    path = page.next === null ? null : `/v1/jobs?limit=2&before=${page.next}`;
  }

  expect(listed).toEqual(opened.toReversed());
});

test.each(["limit=0", "limit=101", "limit=x"])("a page with %s is refused", async (query) => {
  const { token } = await anOperator();

  const reply = await ask("GET", `/v1/jobs?${query}`, { token });

  expect(reply.status).toBe(422);
  expect(reply.body["detail"]).toContain("limit");
});

test("one job is shown with its report, its events and the pods that the alerts named", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  const { jobs } = await alert(await anAlertmanager());
  await agent.done(await agent.work());

  const { body } = await operator.job(jobs[0] ?? "");

  expect(body).toMatchObject({
    state: "finished",
    outcome: "recovered",
    report: aReport(),
    targets: [{ namespace: "single-ns", pod: "web-7c9d8b6f5-x2lqp", reason: "ImagePullBackOff" }],
  });
});

test("fields of a report that this Worker does not know are taken, and a verdict it does not know is kept", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  const id = idIn(await operator.request("diagnose"));

  const reply = await agent.done(await agent.work(), { verdict: "of-the-future" }, { novelty: 1 });

  expect(reply.status).toBe(200);
  expect((await operator.job(id)).body["report"]).toMatchObject({ verdict: "of-the-future" });
});

test("an unknown job is 404 on every route that names one", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  await operator.request("diagnose");
  const gone = { ...(await agent.work()), id: "000000000-nobody" };

  const replies = [
    await operator.job(gone.id),
    await operator.decide(gone.id, "approve", { planHash: PLAN_HASH }),
    await operator.decide(gone.id, "dismiss"),
    await operator.decide(gone.id, "cancel"),
    await agent.progress(gone),
    await agent.done(gone),
  ];

  expect(replies.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404]);
});

test("a report of 257 KiB is refused with its size, and the job stays leased", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  const id = idIn(await operator.request("diagnose"));
  const job = await agent.work();

  const reply = await agent.done(job, { error: "x".repeat(257 * 1024) });

  expect(reply.status).toBe(413);
  expect(reply.body["detail"]).toContain("262144");
  expect((await operator.job(id)).body["state"]).toBe("leased");
});

test("a report's size is counted in bytes, not in letters", async () => {
  const agent = await anAgent();
  await (await anOperator()).request("diagnose");
  const job = await agent.work();

  const reply = await agent.done(job, { error: "€".repeat(90 * 1024) });

  expect(reply.status).toBe(413);
});

test("a report of 240 KiB is stored whole", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  const id = idIn(await operator.request("diagnose"));
  const error = "x".repeat(240 * 1024);

  await agent.done(await agent.work(), { error });

  expect((await operator.job(id)).body["report"]).toMatchObject({ error });
});

test("the newest 1,000 finished jobs are kept, open ones besides", async () => {
  const operator = await anOperator();
  const open = idIn(await operator.request("diagnose"));
  const id = (count: number): string => `000000000-${String(count).padStart(4, "0")}`;
  await runInDurableObject(queueOf("home"), (_, state) => {
    for (let count = 0; count < 1_010; count += 1) {
      const job = aFinishedJob({ id: id(count), at: START - DAY });
      const { sql } = state.storage;
      sql.exec("INSERT INTO jobs VALUES (?, 0, ?, ?)", job.id, job.at, JSON.stringify(job));
      sql.exec("INSERT INTO reports VALUES (?, '{}')", job.id);
    }
  });

  await alarm();

  expect(await jobsStored()).toBe(1_001);
  expect((await operator.job(open)).status).toBe(200);
  expect((await operator.job(id(9))).status).toBe(404);
  expect((await operator.job(id(10))).status).toBe(200);
  expect((await stored()).text).not.toContain(`"job":"${id(9)}"`);
});

test("a finished job and its traces go after 90 days", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  const { jobs } = await alert(await anAlertmanager());
  await agent.done(await agent.work());
  const later = await anOperator();
  pass(90 * DAY);
  await alarm();
  const kept = (await stored()).text.includes(jobs[0] ?? "");

  pass(DAY);
  await alarm();

  expect(kept).toBe(true);
  expect((await stored()).text).not.toContain(jobs[0]);
  expect(later.token).not.toEqual(operator.token);
});
