// What one sender can fill, silence or make slow: each thing has an end.
import { runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { HOUR, MINUTE, SECOND } from "../support/a-job.ts";
import { aReport } from "../support/a-report.ts";
import { alert, anAlertmanager, fixture, taken } from "../support/alerts.ts";
import { anAgent } from "../support/an-agent.ts";
import { anOperator, idIn } from "../support/an-operator.ts";
import {
  alarm,
  ask,
  aToken,
  freshWorldEachTest,
  pass,
  queueOf,
  rowsWritten,
  stored,
  type Token,
} from "../support/worker.ts";

freshWorldEachTest();

type LoggedEvent = { readonly what: string; readonly by: string; readonly detail: string };

async function eventsOf(id: string): Promise<LoggedEvent[]> {
  const { body } = await (await anOperator()).job(id);
  return body["events"] as LoggedEvent[];
}

function endOf(fingerprint: string, endsAt: string) {
  const labels = { alertname: "PodImagePull", namespace: "shop", pod: "web-0" };
  return { status: "resolved", labels, startsAt: "2026-11-23T00:00:00Z", endsAt, fingerprint };
}

function twoSenders(): Promise<[Token, Token]> {
  const tokens = ["am1", "am2"].map((sub) => aToken("alertmanager", "home", sub));
  return Promise.all(tokens) as Promise<[Token, Token]>;
}

async function post(token: Token, alerts: readonly object[]) {
  return taken(await ask("POST", "/v1/webhooks/alertmanager", { token, body: { alerts } }));
}

test("a long summary is 500 characters in the log and whole in the report", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  const id = idIn(await operator.request("remediate"));
  const summary = "x".repeat(200_000);

  await agent.done(await agent.work(), { summary });

  const details = (await eventsOf(id)).map(({ detail }) => detail.length);
  expect(Math.max(...details)).toBe(500);
  expect((await operator.job(id)).body).toMatchObject({ report: { summary } });
});

// 510 calls: a busy machine needs longer than a test usually has.
test("of a job's events the newest 500 are shown, in order", async () => {
  const id = idIn(await (await anOperator()).request("remediate"));
  for (let count = 0; count < 510; count += 1)
    await (await anOperator(`person-${count}`)).request("remediate");

  const events = await eventsOf(id);

  expect(events.map(({ by }) => by)).toEqual(
    Array.from({ length: 500 }, (_, at) => `person-${at + 10}`),
  );
}, 30_000);

test("a job takes 300 announced writes, and then wants to be reported", async () => {
  const agent = await anAgent();
  const id = idIn(await (await anOperator()).request("remediate"));
  const job = await agent.work();
  const statuses: number[] = [];
  for (let count = 0; count < 302; count += 1) {
    const intent = { on: "cluster", what: `evict ${count}` };
    statuses.push((await agent.progress(job, { intent })).status);
  }

  expect(statuses).toEqual([...Array.from({ length: 300 }, () => 200), 409, 409]);
  expect((await agent.progress(job)).status).toBe(200);
  expect((await eventsOf(id)).map(({ detail }) => detail).at(-1)).toBe("evict 299");
}, 30_000);

test("an agent that only hands its job back is given up on", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  const id = idIn(await operator.request("remediate"));

  for (let count = 0; count < 23; count += 1) {
    await agent.releases(await agent.work(), { report: aReport() });
    pass(2 * MINUTE);
  }

  expect((await operator.job(id)).body["outcome"]).toBe("gave-up");
});

test("an end in the far future silences nothing", async () => {
  const alertmanager = await anAlertmanager();
  const firing = JSON.parse(fixture("0.33.1/firing-single.json")) as {
    alerts: { fingerprint: string }[];
  };
  const fingerprint = firing.alerts[0]?.fingerprint ?? "";
  await post(alertmanager, [endOf(fingerprint, "9999-12-31T23:59:59Z")]);
  pass(SECOND);
  const again = firing.alerts.map((one) => ({ ...one, startsAt: new Date().toISOString() }));

  const answer = await post(alertmanager, again);

  expect(answer).toMatchObject({ accepted: 1, ignored: {} });
});

test("5,000 ends are kept, whoever sends more", async () => {
  const alertmanager = await anAlertmanager();
  for (let part = 0; part < 6; part += 1)
    await post(
      alertmanager,
      Array.from({ length: 1_000 }, (_, at) => endOf(`f${part}-${at}`, "2026-11-23T01:00:00Z")),
    );

  const kept = await runInDurableObject(queueOf("home"), (_, { storage }) =>
    storage.sql.exec<{ rows: number }>("SELECT count(*) AS rows FROM resolved").one(),
  );

  expect(kept.rows).toBe(5_000);
});

test("a pod with one alert that had ended and one that fires is a pod that fires", async () => {
  const alertmanager = await anAlertmanager();
  const ended = endOf("f1", "2026-11-23T01:00:00Z");
  const stale = { ...ended, status: "firing" };
  const live = { ...stale, fingerprint: "f2" };
  await post(alertmanager, [ended]);

  const answer = await post(alertmanager, [stale, live]);

  expect(answer).toMatchObject({ accepted: 1, ignored: { stale: 1 } });
  expect(answer.jobs).toHaveLength(1);
});

test("under a hold without end two senders that take turns are recorded once each", async () => {
  const [first, second] = await twoSenders();
  await (await anOperator()).request("withdraw");
  const agent = await anAgent();
  await agent.done(await agent.work(), { outcome: "withdrawn" });
  await alert(first);
  await alert(second);
  const before = await rowsWritten();

  await alert(first);
  await alert(second);

  expect(await rowsWritten()).toBe(before);
});

test("two senders that take turns while the agent works write nothing more", async () => {
  const agent = await anAgent();
  const [first, second] = await twoSenders();
  await alert(first);
  await agent.work();
  await alert(first);
  const before = await rowsWritten();

  await alert(second);
  await alert(first);

  expect(await rowsWritten()).toBe(before);
});

test("a new hold without end is recorded anew", async () => {
  const alertmanager = await anAlertmanager();
  const operator = await anOperator();
  const agent = await anAgent();
  for (let turn = 0; turn < 2; turn += 1) {
    await operator.request("withdraw");
    await agent.done(await agent.work(), { outcome: "withdrawn" });
    await alert(alertmanager);
    await operator.request("remediate");
    await agent.done(await agent.work());
  }

  const { text } = await stored();

  expect(text.match(/signal recorded/g)).toHaveLength(2);
});

test("what is too old is looked for once a day, however often the alarm goes off", async () => {
  await (await anOperator()).request("diagnose");
  await alarm();
  const before = await sweptAt();
  pass(23 * HOUR);
  await alarm();
  const within = await sweptAt();
  pass(HOUR);
  await alarm();

  const after = await sweptAt();

  expect([within - before, after - before]).toEqual([0, 24 * HOUR]);
});

function sweptAt(): Promise<number> {
  return runInDurableObject(queueOf("home"), (_, { storage }) => {
    const query = "SELECT doc FROM facts WHERE name = 'sweptAt'";
    return Number(storage.sql.exec<{ doc: string }>(query).one().doc);
  });
}
