// The object is evicted or dies between two calls: everything that matters is on disk.
import { abortAllDurableObjects, evictDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { MINUTE, SECOND } from "../support/a-job.ts";
import { alert, anAlertmanager } from "../support/alerts.ts";
import { anAgent } from "../support/an-agent.ts";
import { anOperator, idIn } from "../support/an-operator.ts";
import {
  alarm,
  alarmInMs,
  ask,
  freshWorldEachTest,
  pass,
  queueOf,
  stored,
} from "../support/worker.ts";

freshWorldEachTest();

const ends = {
  evicted: () => evictDurableObject(queueOf("home")),
  aborted: () => abortAllDurableObjects(),
} as const;

test.each(["evicted", "aborted"] as const)(
  "%s after its answer, it has the same rows",
  async (how) => {
    const operator = await anOperator();
    await alert(await anAlertmanager());
    await operator.request("diagnose", { key: "k1" });
    await (await anAgent()).work();
    const before = { rows: await stored(), alarm: await alarmInMs() };

    await ends[how]();

    expect({ rows: await stored(), alarm: await alarmInMs() }).toEqual(before);
  },
);

test.each(["evicted", "aborted"] as const)(
  "%s in the middle of a lease, it takes the agent's report",
  async (how) => {
    const operator = await anOperator();
    const agent = await anAgent();
    const id = idIn(await operator.request("remediate"));
    const job = await agent.work();
    await agent.progress(job, { seq: 1 });

    await ends[how]();
    const reply = await agent.done(job, {}, { seq: 2 });

    expect(reply.status).toBe(200);
    expect((await operator.job(id)).body).toMatchObject({ outcome: "recovered" });
  },
);

test.each(["evicted", "aborted"] as const)("%s, it still knows keys and fences", async (how) => {
  const operator = await anOperator();
  const agent = await anAgent();
  const first = await operator.request("diagnose", { key: "k1" });
  await agent.done(await agent.work());

  await ends[how]();
  const again = await operator.request("diagnose", { key: "k1" });
  await operator.request("remediate");

  expect(idIn(again)).toBe(idIn(first));
  expect((await agent.work()).fence).toBe(2);
});

test("aborted, it still knows which tokens were revoked", async () => {
  const operator = await anOperator("ben");
  const root = await anOperator("anna", "*");
  await ask("DELETE", `/v1/tokens/${operator.token.id}`, { token: root.token });

  await ends.aborted();

  expect((await operator.status()).status).toBe(401);
});

test("woken by its alarm alone, it opens the next job for its own cluster", async () => {
  const alertmanager = await anAlertmanager();
  const agent = await anAgent();
  await alert(alertmanager);
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    await agent.work();
    if (attempt === 3) await alert(alertmanager);
    pass(2 * MINUTE);
    await ends.evicted();
    await alarm();
    pass(MINUTE);
  }

  pass(15 * MINUTE);
  expect(await agent.work()).toMatchObject({ cluster: "home", attempts: 1 });
});

test("an alarm that comes too early changes nothing and is set anew", async () => {
  await (await anOperator()).request("remediate");
  await (await anAgent()).work();
  await alarm();
  const before = await stored();
  pass(SECOND);

  await alarm();

  expect(await stored()).toEqual(before);
  expect(await alarmInMs()).toBe(119 * SECOND);
});
