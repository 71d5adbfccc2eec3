// The doorbell: it rings when there is something to claim or to stop, and carries nothing else.
import { evictDurableObject } from "cloudflare:test";
import { afterEach, expect, test } from "vitest";
import { MINUTE, PLAN_HASH } from "../support/a-job.ts";
import { aDoorbell, askForDoorbell, type Doorbell } from "../support/a-doorbell.ts";
import { alert, anAlertmanager } from "../support/alerts.ts";
import { Agent } from "../support/an-agent.ts";
import { anOperator, idIn } from "../support/an-operator.ts";
import {
  alarm,
  ask,
  aToken,
  freshWorldEachTest,
  pass,
  queueOf,
  type Token,
} from "../support/worker.ts";

const hung: Doorbell[] = [];
afterEach(() => {
  for (const doorbell of hung.splice(0)) doorbell.close();
});
freshWorldEachTest();

/** An agent whose doorbell is connected. */
async function anAgentThatListens(): Promise<{ agent: Agent; doorbell: Doorbell; token: Token }> {
  const token = await aToken("agent", "home", "agent-1");
  const doorbell = await aDoorbell(token);
  hung.push(doorbell);
  return { agent: new Agent(token, "agent-1"), doorbell, token };
}

test("a new alert rings at once", async () => {
  const { doorbell } = await anAgentThatListens();
  const heard = doorbell.next();

  await alert(await anAlertmanager());

  expect(await heard).toBe("ring");
});

test("a person's request rings at once, also when the object had been put to sleep", async () => {
  const { doorbell } = await anAgentThatListens();
  await evictDurableObject(queueOf("home"));
  const heard = doorbell.next();

  await (await anOperator()).request("diagnose");

  expect(await heard).toBe("ring");
});

test("cancelling the job in work rings", async () => {
  const { agent, doorbell } = await anAgentThatListens();
  const operator = await anOperator();
  const id = idIn(await operator.request("remediate"));
  await agent.work();
  await doorbell.ping();
  const heard = doorbell.next();

  await operator.decide(id, "cancel");

  expect(await heard).toBe("ring");
});

test("a withdraw rings while its fix is in work", async () => {
  const { agent, doorbell } = await anAgentThatListens();
  const operator = await anOperator();
  await operator.request("remediate");
  await agent.work();
  await doorbell.ping();
  const heard = doorbell.next();

  await operator.request("withdraw");

  expect(await heard).toBe("ring");
});

test("a job under a hold rings when the hold ends, not before", async () => {
  const { agent, doorbell } = await anAgentThatListens();
  const alertmanager = await anAlertmanager();
  await alert(alertmanager);
  await agent.done(await agent.work());
  await doorbell.ping();
  const before = doorbell.heard.length;

  await alert(alertmanager);
  await doorbell.ping();
  const quiet = doorbell.heard.slice(before);
  const heard = doorbell.next();
  pass(15 * MINUTE);
  await alarm();

  expect(quiet).toEqual(["pong"]);
  expect(await heard).toBe("ring");
});

test("an approval rings", async () => {
  const { agent, doorbell } = await anAgentThatListens();
  const operator = await anOperator();
  const id = idIn(await operator.request("remediate"));
  await agent.asks(await agent.work());
  await doorbell.ping();
  const heard = doorbell.next();

  await operator.decide(id, "approve", { planHash: PLAN_HASH });

  expect(await heard).toBe("ring");
});

test("a claim does not ring: an agent that cannot take the job would claim for ever", async () => {
  const { agent, doorbell } = await anAgentThatListens();
  await (await anOperator()).request("withdraw");
  await doorbell.ping();
  const before = doorbell.heard.length;

  await agent.claim({ kinds: ["remediate"] });
  await doorbell.ping();

  expect(doorbell.heard.slice(before)).toEqual(["pong"]);
});

test("a ping is answered, and counts as being seen", async () => {
  const { agent, doorbell } = await anAgentThatListens();
  await agent.claim();

  expect(await doorbell.ping()).toBe("pong");
  expect((await (await anOperator()).status()).body["agent"]).toMatchObject({ doorbell: true });
});

test("the doorbell of a revoked token is closed and stays closed, also while a job is due", async () => {
  const { doorbell, token } = await anAgentThatListens();
  const root = await anOperator("anna", "*");
  await root.request("diagnose", { body: { cluster: "home" } });
  await doorbell.ping();
  const heard = doorbell.next();

  const revoked = await ask("DELETE", `/v1/tokens/${token.id}`, { token: root.token });

  expect(revoked.status).toBe(204);
  expect(await heard).toBe("closed 4401");
  expect((await root.request("remediate", { body: { cluster: "home" } })).status).toBe(202);
  const again = await askForDoorbell(token);
  expect(again.status).toBe(401);
  expect(again.headers.get("content-type")).toBe("application/problem+json");
  await again.body?.cancel();
});

test("a fifth doorbell of one token closes the four before it", async () => {
  const token = await aToken("agent", "home", "agent-1");
  for (let count = 0; count < 4; count += 1) hung.push(await aDoorbell(token));
  await Promise.all(hung.map((doorbell) => doorbell.ping()));
  const before = hung.flatMap(({ heard }) => heard);
  const closing = hung.map((doorbell) => doorbell.next());

  const fifth = await aDoorbell(token);

  expect(before).toEqual(["pong", "pong", "pong", "pong"]);
  expect(await Promise.all(closing)).toEqual(Array(4).fill("closed 4408"));
  hung.push(fifth);
  expect(await fifth.ping()).toBe("pong");
});

test("an agent that hung up is no longer said to listen", async () => {
  const { agent, doorbell } = await anAgentThatListens();
  await agent.claim();
  const closed = doorbell.next();
  doorbell.close();
  await closed;

  expect((await (await anOperator()).status()).body["agent"]).toMatchObject({ doorbell: false });
});

test("without an upgrade the doorbell is 426", async () => {
  const token = await aToken("agent");

  const reply = await ask("GET", "/v1/agent/doorbell?protocol=1", { token });

  expect(reply).toMatchObject({ status: 426, type: "application/problem+json" });
});

test.each([
  ["?protocol=2", 426],
  ["?protocol=0", 426],
  ["", 422],
  ["?protocol=x", 422],
])("a doorbell asked for with %j is %i", async (query, status) => {
  const response = await askForDoorbell(await aToken("agent"), query);

  expect(response.status).toBe(status);
  expect(await response.text()).toContain("protocol");
});
