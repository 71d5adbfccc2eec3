// A person's request that meets an open job: what it becomes, what is answered, who is in the log.
import { expect, test } from "vitest";
import { alert, anAlertmanager } from "../support/alerts.ts";
import { anAgent } from "../support/an-agent.ts";
import { anOperator, idIn, type Operator } from "../support/an-operator.ts";
import { ask, freshWorldEachTest, jobsStored, START, stored } from "../support/worker.ts";

freshWorldEachTest();

async function eventsOf(operator: Operator, id: string): Promise<string[]> {
  const { events } = (await operator.job(id)).body as { events: { what: string; by: string }[] };
  return events.map(({ what, by }) => `${by}: ${what}`);
}

test("a fix under a hold is answered with the job as it is now: the person's, and due", async () => {
  const agent = await anAgent();
  const alertmanager = await anAlertmanager();
  await alert(alertmanager);
  await agent.done(await agent.work());
  await alert(alertmanager);

  const { body } = await (await anOperator()).request("remediate");

  expect(body).toMatchObject({
    origin: { by: "anna", person: true },
    dueAt: new Date(START).toISOString(),
  });
});

test.each([
  ["queued", "quay.io"],
  ["leased", "quay.io"],
  ["awaiting", "quay.io"],
])("for another registry than the %s job of a person it is 409 and names both", async (state) => {
  const anna = await anOperator("anna");
  const agent = await anAgent();
  const id = idIn(await anna.request("diagnose", { body: { registry: "ghcr.io" } }));
  if (state !== "queued") {
    const job = await agent.work();
    if (state === "awaiting") await agent.asks(job);
  }

  const reply = await (
    await anOperator("ben")
  ).request("diagnose", { body: { registry: "quay.io" } });

  expect(reply.status).toBe(409);
  expect(reply.body["detail"]).toMatch(/ghcr\.io.*quay\.io/);
  expect((await anna.job(id)).body).toMatchObject({ state, registry: "ghcr.io" });
});

test("a refused request lifts no hold and leaves its key free", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  await operator.request("remediate", { body: { registry: "ghcr.io" } });
  const job = await agent.work();
  await operator.request("withdraw");
  const other = { key: "k", body: { registry: "quay.io" } };

  const reply = await operator.request("remediate", other);

  expect(reply.status).toBe(409);
  expect((await operator.status()).body["hold"]).toMatchObject({ until: null });
  await agent.done(job, { outcome: "cancelled" });
  expect((await operator.request("remediate", other)).status).toBe(202);
});

test("the log names the person whose fix lifted a hold", async () => {
  const operator = await anOperator();
  await operator.request("withdraw");

  await operator.request("remediate");

  expect((await stored()).text).toContain('"what":"hold","by":"anna","detail":"lifted"');
});

test("without a registry it joins what is open", async () => {
  const anna = await (
    await anOperator("anna")
  ).request("diagnose", { body: { registry: "ghcr.io" } });

  const ben = await (await anOperator("ben")).request("diagnose");

  expect(ben).toMatchObject({ status: 202, body: { id: idIn(anna), registry: "ghcr.io" } });
});

test("an undo is never refused for its registry", async () => {
  const operator = await anOperator();
  await operator.request("withdraw", { body: { registry: "ghcr.io" } });

  const reply = await operator.request("withdraw", { body: { registry: "quay.io" } });

  expect(reply.status).toBe(202);
});

test("who joined, who asked to stop and who lifted the hold is in the log", async () => {
  const anna = await anOperator("anna");
  const ben = await anOperator("ben");
  const agent = await anAgent();
  const alertmanager = await anAlertmanager();
  await alert(alertmanager);
  const { id } = await agent.work();
  await alert(alertmanager);

  await anna.request("remediate");
  await ben.request("remediate");
  await ben.decide(id, "cancel");
  await ben.decide(id, "cancel");

  expect(await eventsOf(anna, id)).toEqual([
    "am: opened",
    "am: signal",
    "agent-1: claim: queued → leased",
    "am: joined",
    "anna: joined",
    "ben: joined",
    "operator:ben: cancel asked",
  ]);
});

test("the cluster may be named in the query as in the body", async () => {
  const { token } = await anOperator("anna", "*");

  const reply = await ask("POST", "/v1/jobs?cluster=branch", { token, body: { kind: "diagnose" } });

  expect(reply).toMatchObject({ status: 202, body: { cluster: "branch" } });
});

test("body and query that name two clusters are 422, and nothing is stored", async () => {
  const { token } = await anOperator("anna", "*");
  const body = { kind: "diagnose", cluster: "home" };

  const reply = await ask("POST", "/v1/jobs?cluster=branch", { token, body });

  expect(reply.status).toBe(422);
  expect((await jobsStored("home")) + (await jobsStored("branch"))).toBe(0);
});

test("a query that names another cluster than the token's is 403", async () => {
  const { token } = await anOperator("anna", "home");

  const reply = await ask("POST", "/v1/jobs?cluster=branch", { token, body: { kind: "diagnose" } });

  expect(reply.status).toBe(403);
  expect(await jobsStored("home")).toBe(0);
});

test.each([
  ["mine", "all", "all"],
  ["all", "mine", "all"],
  ["all", undefined, "all"],
  ["mine", "mine", "mine"],
] as const)("an undo for %s that another for %s joins is for %s", async (first, second, scope) => {
  const operator = await anOperator();
  const agent = await anAgent();
  await operator.request("withdraw", { body: { scope: first } });
  await operator.request("withdraw", { body: second === undefined ? {} : { scope: second } });

  expect((await agent.work()).scope ?? "mine").toBe(scope);
});

test("an undo for all that comes while one for this cluster runs follows it", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  await operator.request("withdraw");
  const running = await agent.work();
  await operator.request("withdraw");
  await operator.request("withdraw", { body: { scope: "all" } });
  await agent.done(running);

  const next = await agent.work();

  expect([running.scope, next.kind, next.scope]).toEqual([undefined, "withdraw", "all"]);
});
