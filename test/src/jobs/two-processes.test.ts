// One agent name, several processes: a restart, a crash loop, or two agents that bear one name.
import { expect, test } from "vitest";
import { seenBy, twoAnswer, type SeenAgent } from "../../../src/cluster/seen-agent.ts";
import { MINUTE, NOW, SECOND } from "../support/a-job.ts";
import { aSession, visit } from "../support/a-session.ts";
import { anAgent } from "../support/an-agent.ts";
import { anOperator, idIn } from "../support/an-operator.ts";
import { freshWorldEachTest, pass, rowsWritten, stored } from "../support/worker.ts";

freshWorldEachTest();

const TWO =
  "two agents answer for home, both as agent-1, and take each job from each other: stop one, or give each an AGENT_ID of its own";

test("a takeover by another process of the same name is the next attempt, at once", async () => {
  await (await anOperator()).request("remediate");
  const agent = await anAgent();
  const before = await agent.work({ process: "p1" });

  const after = await agent.work({ process: "p2" });

  expect(after).toMatchObject({ id: before.id, attempts: 2, fence: before.fence + 1 });
  expect((await agent.progress(before)).status).toBe(409);
  expect((await agent.progress(after)).status).toBe(200);
  expect((await stored()).text).toContain("claim: taken over");
});

test("the very same process takes up its job under the same attempt", async () => {
  await (await anOperator()).request("remediate");
  const agent = await anAgent();
  const first = await agent.claim({ process: "p1", claimId: "c1" });
  const before = await rowsWritten();

  const repeated = await agent.claim({ process: "p1", claimId: "c1" });

  expect(repeated).toEqual(first);
  expect(await rowsWritten()).toBe(before);
  expect(await agent.work({ process: "p1" })).toMatchObject({ attempts: 1, fence: 2 });
});

test.each([
  ["an older agent's lease", {}, { process: "p1" }],
  ["by an older agent", { process: "p1" }, {}],
])("an update or its undoing is a takeover: %s", async (_, first, second) => {
  await (await anOperator()).request("remediate");
  const agent = await anAgent();
  await agent.work(first);

  expect(await agent.work(second)).toMatchObject({ attempts: 2 });
});

test("an agent that dies of its job and is restarted gives up after three attempts", async () => {
  const operator = await anOperator();
  const id = idIn(await operator.request("remediate"));
  const agent = await anAgent();

  const attempts: unknown[] = [];
  for (const process of ["p1", "p2", "p3", "p4"])
    attempts.push((await agent.claim({ process })).job?.attempts);

  expect(attempts).toEqual([1, 2, 3, undefined]);
  expect((await operator.job(id)).body).toMatchObject({ outcome: "gave-up", attempt: 3 });
  expect((await operator.status()).body["warnings"]).toEqual([]);
});

test("two that take a job from each other end it, and are told of in status, trail and page", async () => {
  const operator = await anOperator();
  const id = idIn(await operator.request("remediate"));
  const agent = await anAgent();

  for (let turn = 0; turn < 4; turn += 1)
    await agent.claim({ process: turn % 2 === 0 ? "p1" : "p2" });

  const story = await operator.job(id);
  expect(story.body).toMatchObject({ outcome: "gave-up" });
  expect(story.text).toContain(TWO);
  expect((await operator.status()).body["warnings"]).toEqual([TWO]);
  expect((await visit("/clusters/home", await aSession())).text).toContain(
    "two agents answer for home",
  );
});

test("what an abandoned attempt announced leaves the router uncertain", async () => {
  const operator = await anOperator();
  const id = idIn(await operator.request("remediate"));
  const agent = await anAgent();
  const job = await agent.work({ process: "p1" });
  await agent.progress(job, { intent: { on: "router", what: "PUT the rule" } });

  expect(await agent.work({ process: "p2" })).toMatchObject({ intent: "PUT the rule" });

  const { body, text } = await operator.job(id);
  expect(body).toMatchObject({ routerUncertain: true });
  expect(text).toContain("router uncertain");
});

test("a cancel that the dead process never heard ends the job at the takeover", async () => {
  const operator = await anOperator();
  const id = idIn(await operator.request("remediate"));
  const agent = await anAgent();
  await agent.work({ process: "p1" });
  await operator.decide(id, "cancel");

  expect((await agent.claim({ process: "p2" })).job).toBe(null);

  expect((await operator.job(id)).body).toMatchObject({ outcome: "cancelled" });
});

test("the warning goes when one of the two has been silent for a quarter of an hour", async () => {
  const operator = await anOperator();
  const agent = await anAgent();
  for (const process of ["p1", "p2", "p1"]) await agent.claim({ process });
  expect((await operator.status()).body["warnings"]).toEqual([TWO]);

  for (let minute = 0; minute < 16; minute += 1) {
    pass(MINUTE);
    await agent.claim({ process: "p1" });
  }

  expect((await operator.status()).body["warnings"]).toEqual([]);
});

test("two that poll for an hour stay told of, and write at most two rows a minute", () => {
  const claim = {
    protocol: 1,
    agent: "agent-1",
    claimId: "c",
    version: "1",
    node: null,
    mode: null,
    kinds: [],
  };
  let seen: SeenAgent | null = null;
  let rows = 0;
  const silent: number[] = [];
  for (let poll = 0; poll < 240; poll += 1) {
    const at = NOW + poll * 15 * SECOND;
    const next = seenBy(seen, { ...claim, process: poll % 2 === 0 ? "p1" : "p2" }, at);
    if (next !== seen) rows += 1;
    seen = next;
    if (poll >= 2 && !twoAnswer(seen, at)) silent.push(poll);
  }

  expect(silent).toEqual([]);
  expect(rows).toBeLessThanOrEqual(2 * 60 + 3);
});
