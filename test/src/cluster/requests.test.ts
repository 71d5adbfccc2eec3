// A person's requests: what they open, what they join, what a repeated request is answered.
import { expect, test } from "vitest";
import { HOUR, MINUTE } from "../support/a-job.ts";
import { alert, anAlertmanager } from "../support/alerts.ts";
import { anAgent } from "../support/an-agent.ts";
import { anOperator, idIn } from "../support/an-operator.ts";
import { ask, freshWorldEachTest, jobsStored, pass, START } from "../support/worker.ts";

freshWorldEachTest();

test("a request is answered 202 with the job and where it is", async () => {
  const operator = await anOperator();

  const reply = await operator.request("remediate", { body: { registry: "docker.io" } });

  expect(reply.status).toBe(202);
  expect(reply.headers.get("location")).toBe(`/v1/jobs/${idIn(reply)}`);
  expect(reply.body).toMatchObject({
    cluster: "home",
    kind: "remediate",
    state: "queued",
    registry: "registry-1.docker.io",
    origin: { via: "api", by: "anna", person: true },
  });
});

test("a second request of the kind joins the open job", async () => {
  const first = await (await anOperator("anna")).request("diagnose");
  const second = await (await anOperator("ben")).request("diagnose");

  expect(idIn(second)).toBe(idIn(first));
});

test("the same key with the same body is the same job, also after it is over", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  const first = await operator.request("diagnose", { key: "k1" });
  await agent.done(await agent.work());

  const second = await operator.request("diagnose", { key: "k1" });

  expect([first.status, second.status]).toEqual([202, 200]);
  expect(second.body).toMatchObject({ id: idIn(first), state: "finished" });
  expect(await jobsStored()).toBe(1);
});

test("the same key with another body is refused and stores nothing", async () => {
  const operator = await anOperator();
  await operator.request("diagnose", { key: "k1" });

  const reply = await operator.request("remediate", { key: "k1" });

  expect(reply.status).toBe(422);
  expect(reply.body["detail"]).toContain("use a new key");
  expect(await jobsStored()).toBe(1);
});

test("another token's key of the same name is another key", async () => {
  await (await anOperator("anna")).request("diagnose", { key: "k1" });

  const reply = await (await anOperator("ben")).request("remediate", { key: "k1" });

  expect(reply.status).toBe(202);
});

test("a key is remembered for 24 hours", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  const first = await operator.request("diagnose", { key: "k1" });
  await agent.done(await agent.work());
  pass(24 * HOUR - 1);
  const within = await operator.request("diagnose", { key: "k1" });
  pass(1);

  const after = await operator.request("diagnose", { key: "k1" });

  expect(idIn(within)).toBe(idIn(first));
  expect(idIn(after)).not.toBe(idIn(first));
});

test.each(["", "two words", "k".repeat(201)])("the key %j is refused", async (key) => {
  const reply = await (await anOperator()).request("diagnose", { key });

  expect(reply.status).toBe(422);
  expect(await jobsStored()).toBe(0);
});

test("a person's fix ends a hold and is due at once", async () => {
  const alertmanager = await anAlertmanager();
  const agent = await anAgent();
  const operator = await anOperator();
  await alert(alertmanager);
  await agent.done(await agent.work(), { outcome: "no-better" });

  await operator.request("remediate");

  expect((await operator.status()).body["hold"]).toBe(null);
  expect((await agent.work()).origin).toMatchObject({ by: "anna", person: true });
});

test("a person's fix makes the alert's job that waits for a hold due now", async () => {
  const alertmanager = await anAlertmanager();
  const agent = await anAgent();
  await alert(alertmanager);
  await agent.done(await agent.work());
  const { jobs } = await alert(alertmanager);

  const reply = await (await anOperator()).request("remediate");

  expect(idIn(reply)).toBe(jobs[0]);
  expect((await agent.work()).id).toBe(jobs[0]);
});

test("a person's fix during the work is done once that work is over", async () => {
  const agent = await anAgent();
  await alert(await anAlertmanager());
  const job = await agent.work();

  await (await anOperator()).request("remediate", { body: { registry: "ghcr.io" } });
  await agent.done(job);

  expect(await agent.work()).toMatchObject({ origin: { by: "anna" }, registry: "ghcr.io" });
});

test("a person's fix whose attempt lapses is still a person's at the next attempt", async () => {
  const agent = await anAgent();
  await alert(await anAlertmanager());
  const job = await agent.work();
  await (await anOperator()).request("remediate");

  await agent.retries(job);

  pass(MINUTE);
  expect(await agent.work()).toMatchObject({ id: job.id, attempts: 2, origin: { by: "anna" } });
});

test("a withdraw cancels the fix that waits", async () => {
  const operator = await anOperator();
  const fix = idIn(await operator.request("remediate"));

  await operator.request("withdraw");

  expect((await operator.job(fix)).body).toMatchObject({ outcome: "cancelled", endedBy: "anna" });
});

test("a withdraw tells the agent that works on a fix to stop", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  await operator.request("remediate");
  const job = await agent.work();

  await operator.request("withdraw");

  expect((await agent.progress(job)).body["cancel"]).toBe(true);
});

test("a withdraw leaves a diagnosis alone", async () => {
  const operator = await anOperator();
  const diagnose = idIn(await operator.request("diagnose"));

  await operator.request("withdraw");

  expect((await operator.job(diagnose)).body["state"]).toBe("queued");
});

test("the hold of a withdraw stands while the fix that it cancelled comes to its end", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  await operator.request("remediate");
  const fix = await agent.work();
  await operator.request("withdraw");

  await agent.done(fix, { outcome: "cancelled" });

  expect((await operator.status()).body["hold"]).toMatchObject({ until: null, by: "anna" });
});

test("a fix asked for before a withdraw does not come back after it", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  await operator.request("remediate");
  const fix = await agent.work();
  await operator.request("remediate");
  await operator.request("withdraw");

  await agent.done(fix, { outcome: "cancelled" });
  await agent.done(await agent.work(), { outcome: "withdrawn" });

  expect((await agent.claim()).job).toBe(null);
});

test("a fix asked for after a withdraw is done after it", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  await operator.request("withdraw");
  await operator.request("remediate");

  const first = await agent.work();
  await agent.done(first, { outcome: "withdrawn" });

  const second = await agent.work();
  await agent.done(second);
  expect([first.kind, second.kind]).toEqual(["withdraw", "remediate"]);
  expect((await operator.status()).body["hold"]).toMatchObject({
    why: "remediate ended recovered",
    until: START + 15 * MINUTE,
  });
});

test("a body that names another cluster than the token's is refused", async () => {
  const operator = await anOperator("anna", "home");

  const reply = await operator.request("diagnose", { body: { cluster: "branch" } });

  expect(reply.status).toBe(403);
  expect(await jobsStored("branch")).toBe(0);
});

test("an operator of every cluster names the one that is meant", async () => {
  const operator = await anOperator("anna", "*");

  const unnamed = await operator.request("diagnose");
  const named = await operator.request("diagnose", { body: { cluster: "branch" } });

  expect(unnamed.status).toBe(400);
  expect(unnamed.body["detail"]).toContain("home, branch");
  expect(named.body).toMatchObject({ cluster: "branch" });
});

test("a job of one cluster is unknown in another", async () => {
  const id = idIn(await (await anOperator()).request("diagnose"));
  const { token } = await anOperator("ben", "branch");

  const reply = await ask("GET", `/v1/jobs/${id}`, { token });

  expect(reply.status).toBe(404);
});
