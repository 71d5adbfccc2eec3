// The buttons against the real store: whose clicks count, what they change, and which of several wins.
// What makes a request a click at all is in slack-interactions-door.test.ts.
import { expect, test } from "vitest";
import { MINUTE, PLAN_HASH } from "../support/a-job.ts";
import { anAgent } from "../support/an-agent.ts";
import { anOperator, idIn } from "../support/an-operator.ts";
import { APPROVES, click, FIXES, SEES } from "../support/slack.ts";
import { freshWorldEachTest, jobsStored, pass, stored } from "../support/worker.ts";
import { ended, storyOf, waiting, type World } from "./waiting-job.ts";

freshWorldEachTest();

test("Approve queues the job again with the approval, in the name of who clicked", async () => {
  const world = await waiting();

  const reply = await click("approve", `home ${world.id} ${PLAN_HASH}`);

  expect(reply).toMatchObject({ status: 200, text: "" });
  expect(await storyOf(world)).toMatchObject({
    state: "queued",
    approvedBy: "slack:T1TEAM/U1APPROVES",
  });
  expect(await world.agent.work()).toMatchObject({ id: world.id, approval: { hash: PLAN_HASH } });
});

test("Dismiss ends the job, in the name of who clicked", async () => {
  const world = await waiting();

  await click("dismiss", `home ${world.id} ${PLAN_HASH}`);

  expect(await storyOf(world)).toMatchObject({
    outcome: "dismissed",
    endedBy: "slack:T1TEAM/U1APPROVES",
  });
});

test("Dismiss on a card of another plan dismisses nothing", async () => {
  const world = await waiting();

  await click("dismiss", `home ${world.id} 07a6881a7e404dc7ea4b8c8e672fb210`);

  expect((await storyOf(world)).state).toBe("awaiting");
});

test("Undo clicked twice opens one job", async () => {
  const world = await ended();

  await click("undo", `home ${world.id}`, { user: FIXES });
  await click("undo", `home ${world.id}`, { user: FIXES });

  const undo = await world.agent.work();
  expect(undo).toMatchObject({ kind: "withdraw", origin: { by: "slack:T1TEAM/U1FIXES" } });
  expect(await jobsStored()).toBe(2);
  expect((await storyOf(world)).events.filter(({ what }) => what === "undo asked")).toEqual([
    { what: "undo asked", by: "slack:T1TEAM/U1FIXES", detail: undo.id },
  ]);
});

test("Undo clicked again after that undo has ended opens no other", async () => {
  const world = await ended();
  await click("undo", `home ${world.id}`, { user: FIXES });
  await world.agent.done(await world.agent.work(), { outcome: "withdrawn" });

  await click("undo", `home ${world.id}`, { user: FIXES });

  expect(await jobsStored()).toBe(2);
});

test.each([
  ["a user on no list", "approve", { user: "U9OTHER" }],
  ["a user who may only look", "approve", { user: SEES }],
  ["a user who may ask, but not approve,", "approve", { user: FIXES }],
  ["the same, dismissing,", "dismiss", { user: FIXES }],
  ["another team", "approve", { team: "T9OTHER" }],
  ["another app", "approve", { app: "A9OTHER" }],
])("%s changes nothing by %s", async (_, action, who) => {
  const world = await waiting();

  const reply = await click(action, `home ${world.id} ${PLAN_HASH}`, who);

  expect(reply).toMatchObject({ status: 200, text: "" });
  expect((await storyOf(world)).state).toBe("awaiting");
});

test("who may approve, but not ask, can't undo", async () => {
  const world = await ended();

  await click("undo", `home ${world.id}`, { user: APPROVES });

  expect(await jobsStored()).toBe(1);
});

test.each([
  ["of an older plan", (id: string) => `home ${id} h0`],
  ["without a plan", (id: string) => `home ${id}`],
  ["of another cluster", (id: string) => `branch ${id} ${PLAN_HASH}`],
  ["of a cluster that is no more", (id: string) => `gone ${id} ${PLAN_HASH}`],
  ["of a job that is none", () => "home 0-0 h1"],
])("an Approve %s changes nothing", async (_, value) => {
  const world = await waiting();

  const reply = await click("approve", value(world.id));

  expect(reply).toMatchObject({ status: 200, text: "" });
  expect((await storyOf(world)).state).toBe("awaiting");
});

test.each([
  ["nothing", undefined],
  ["no text", ""],
  ["markup", "<!channel> j1 h1"],
  ["a path", "home ../../v1/tokens h1"],
  ["too much", `home j1 h1 ${"x".repeat(300)}`],
  ["JSON", '{"cluster":"home"}'],
])("a button that carries %s is 422 and stores nothing", async (_, value) => {
  const reply = await click("approve", value);

  expect(reply.status).toBe(422);
  expect((await stored()).rows).toBe(0);
});

const late: Record<string, (world: World) => Promise<unknown>> = {
  expired: async () => pass(31 * MINUTE),
  dismissed: ({ operator, id }) => operator.decide(id, "dismiss"),
  cancelled: ({ operator, id }) => operator.decide(id, "cancel"),
};
test.each(Object.entries(late))("a click on a job that is %s is answered", async (outcome, end) => {
  const world = await waiting();
  await end(world);

  for (const action of ["approve", "dismiss"])
    expect((await click(action, `home ${world.id} ${PLAN_HASH}`)).status).toBe(200);

  expect(await storyOf(world)).toMatchObject({ state: "finished", outcome });
});

test("a second Approve leaves the first one's name", async () => {
  const world = await waiting();
  await world.operator.decide(world.id, "approve", { planHash: PLAN_HASH });

  await click("approve", `home ${world.id} ${PLAN_HASH}`);

  expect(await storyOf(world)).toMatchObject({ approvedBy: "operator:anna" });
});

test("of two Approve and one Dismiss at the same instant exactly one wins, 200 times", async () => {
  const [agent, operator] = [await anAgent(), await anOperator()];
  const winners = { queued: 0, finished: 0 };
  for (let round = 0; round < 200; round += 1) {
    const id = idIn(await operator.request("remediate"));
    await agent.asks(await agent.work());
    const clicks = ["approve", "approve", "dismiss"].map((action) => ({ action }));
    // Each of them is first once in three rounds.
    const turned = [...clicks.slice(round % 3), ...clicks.slice(0, round % 3)];

    const replies = await Promise.all(
      turned.map(({ action }) => click(action, `home ${id} ${PLAN_HASH}`)),
    );

    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    const story = await storyOf({ agent, operator, id });
    const won = story.state === "queued" ? "queued" : "finished";
    winners[won] += 1;
    expect(story.decided).toEqual([
      won === "queued" ? "approve: awaiting → queued" : "dismiss: awaiting → finished dismissed",
    ]);
    if (won === "queued") await operator.decide(id, "cancel");
  }
  expect(winners.queued).toBeGreaterThan(0);
  expect(winners.finished).toBeGreaterThan(0);
}, 60_000);
