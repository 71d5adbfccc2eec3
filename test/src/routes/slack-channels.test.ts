// The slash command's cluster by its channel, its lists of people, and the commands undo and jobs.
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import * as z from "zod/mini";
import { app } from "../../../src/app.ts";
import { MINUTE } from "../support/a-job.ts";
import { anAgent } from "../support/an-agent.ts";
import { APPROVES, FIXES, SEES, slashRequest, slashText } from "../support/slack.ts";
import { freshWorldEachTest, jobsStored, pass } from "../support/worker.ts";

freshWorldEachTest();

/** `/backon TEXT` in a channel, where the settings give the clusters these channels. */
async function inChannel(text: string, channel: string, channels: string): Promise<string> {
  const request = await slashRequest(text, { channel_id: channel });
  const response = await app.fetch(
    request,
    { ...env, SLACK_CHANNELS: channels },
    createExecutionContext(),
  );
  return z.object({ text: z.string() }).parse(await response.json()).text;
}

test("a command in a cluster's own channel is about that cluster, unless it names one", async () => {
  const channels = "home=CHOME,branch=CBRANCH";

  expect(await inChannel("status", "CBRANCH", channels)).toMatch(/^\*branch\*\n/);
  expect(await inChannel("status home", "CBRANCH", channels)).toMatch(/^\*home\*\n/);
  expect(await inChannel("fix", "CBRANCH", channels)).toContain("for branch is queued");
  expect([await jobsStored("home"), await jobsStored("branch")]).toEqual([0, 1]);
});

test("a channel of several clusters, or of none, asks for a name", async () => {
  const name = "Name one of these clusters: home, branch.";

  expect(await inChannel("fix", "CBOTH", "home=CBOTH,branch=CBOTH")).toBe(name);
  expect(await inChannel("fix", "CELSE", "home=CHOME,branch=CBRANCH")).toBe(name);
  expect(await inChannel("fix branch", "CBOTH", "home=CBOTH,branch=CBOTH")).toContain("for branch");
});

test("undo asks for our rule to be taken off, and cancels open fixes", async () => {
  await slashText("fix home");

  expect(await slashText("undo home")).toMatch(/^Job `[0-9a-z-]+` \(undo\) for home is queued\./);

  expect((await (await anAgent()).work()).kind).toBe("withdraw");
});

test("jobs lists the last ones, newest first, with how they ended", async () => {
  expect(await slashText("jobs home", { user_id: SEES })).toBe("*home* has had no job yet.");
  const agent = await anAgent();
  for (let job = 0; job < 10; job += 1) {
    await slashText("diagnose home");
    await agent.done(await agent.work(), { outcome: "observed" });
    pass(MINUTE);
  }
  await slashText("fix home");

  const [head, first, second, ...others] = (await slashText("jobs home")).split("\n");

  expect(head).toBe("*home*, newest first");
  expect(first).toMatch(/^• `[0-9a-z-]+` fix, <!date\^\d+\^.*>: queued\.$/);
  expect(second).toMatch(/^• `[0-9a-z-]+` diagnosis, <!date\^\d+\^.*>: observed\.$/);
  expect(others).toHaveLength(6);
});

test.each([
  ["status home", SEES, "*home*"],
  ["jobs home", SEES, "no job yet"],
  ["status home", APPROVES, "*home*"],
  ["jobs home", APPROVES, "no job yet"],
  ["fix home", APPROVES, "SLACK_MAY_REQUEST"],
  ["undo home", APPROVES, "SLACK_MAY_REQUEST"],
  ["undo home", SEES, "SLACK_MAY_REQUEST"],
  ["undo home", FIXES, "is queued"],
  ["jobs home", "U9OTHER", "SLACK_MAY_SEE"],
])("%j by %s is answered with %j", async (text, user, says) => {
  expect(await slashText(text, { user_id: user })).toContain(says);
});
