// Who is told where there is no card: the answer to a command or a click, an incoming webhook; and
// what is left of all that when the Worker starts again.
import { PLAN_HASH } from "./src/support/a-job.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startSlack, type FakeSlack } from "../sim/slack.ts";
import {
  channelOf,
  channelsOf,
  startToldClusters,
  until,
  type ToldClusters,
} from "./support/told-clusters.ts";

/** Without a channel: `alone`, `stranger`. */
const WITH_CARD = ["broken", "late", "vain"];
const CLUSTERS = [...WITH_CARD, "alone", "stranger"];

let told: ToldClusters;
let elsewhere: FakeSlack;
beforeAll(async () => {
  elsewhere = await startSlack();
  told = await startToldClusters(CLUSTERS, () => ({
    SLACK_BOT_TOKEN: "xoxb-of-the-tests",
    SLACK_CHANNELS: WITH_CARD.map((name) => `${name}=${channelOf(name)}`).join(","),
  }));
});
afterAll(async () => {
  await told.close();
  await elsewhere.close();
});

const { settled } = channelsOf(() => told);
const jobIn = (answer: string): string => /`([0-9a-z-]+)`/.exec(answer)?.[1] ?? "none";

describe("who asked by a command", () => {
  test.concurrent("is told there how it ended, where the cluster has no channel", async () => {
    const cluster = await told.cluster("alone");
    await cluster.slash("diagnose alone", `${told.slack.hooksUrl}/commands/alone`);
    await cluster.done(await cluster.claim(), { outcome: "observed" });
    await until(() => told.slack.at("/hooks/commands/alone").length === 1);

    expect(told.slack.at("/hooks/commands/alone")[0]?.body).toMatchObject({
      response_type: "ephemeral",
      replace_original: false,
      text: "alone: diagnosis: observed · TLS over IPv6 stalls",
    });
  });

  test.concurrent("is told there when the card failed for good", async () => {
    const cluster = await told.cluster("broken");
    told.slack.fault(cluster.channel, { error: "channel_not_found" });
    await cluster.slash("fix broken", `${told.slack.hooksUrl}/commands/broken`);
    await until(() => told.slack.at("/hooks/commands/broken").length === 1);
    await cluster.done(await cluster.claim());
    await until(() => told.slack.at("/hooks/commands/broken").length === 2);

    const texts = told.slack.at("/hooks/commands/broken").map(({ body }) => body.text);
    expect(texts).toEqual(["broken: fix: queued", "broken: fix: recovered · TLS over IPv6 stalls"]);
  });

  test.concurrent("is told nothing at an address that is not Slack's", async () => {
    const cluster = await told.cluster("stranger");
    const id = jobIn(await cluster.slash("fix stranger", `${elsewhere.hooksUrl}/commands/x`));
    await cluster.done(await cluster.claim());
    await settled(cluster);

    expect(elsewhere.calls).toEqual([]);
    expect((await cluster.job(id)).events.map(({ detail }) => detail)).toContain(
      "reply: the command came with no address to answer to",
    );
  });
});

describe("who clicked too late", () => {
  test.concurrent("is told so, at Slack's own address alone", async () => {
    const cluster = await told.cluster("late");
    const id = await cluster.request("remediate");
    await cluster.asks(await cluster.claim());
    await cluster.decide(id, "dismiss");
    await cluster.click("approve", `late ${id} ${PLAN_HASH}`, `${elsewhere.hooksUrl}/actions/late`);
    await cluster.click(
      "approve",
      `late ${id} ${PLAN_HASH}`,
      `${told.slack.hooksUrl}/actions/late`,
    );
    await until(() => told.slack.at("/hooks/actions/late").length === 1);

    expect(told.slack.at("/hooks/actions/late")[0]?.body).toEqual({
      response_type: "ephemeral",
      replace_original: false,
      text: expect.stringMatching(
        /^Nothing was done: job \S+ is finished \(dismissed\): approve is not possible now\.$/,
      ),
    });
    expect(elsewhere.calls).toEqual([]);
  });
});

describe("who clicked in vain", () => {
  test.concurrent("is told why, and a second one who was first", async () => {
    const cluster = await told.cluster("vain");
    const id = await cluster.request("remediate");
    await cluster.asks(await cluster.claim());
    const where = `${told.slack.hooksUrl}/actions/vain`;
    const answers = () => told.slack.at("/hooks/actions/vain");
    const said = async (hash: string, who = {}): Promise<string | undefined> => {
      const before = answers().length;
      await cluster.click("approve", `vain ${id} ${hash}`, where, who);
      await until(() => answers().length > before);
      return answers().at(-1)?.body.text;
    };

    expect(await said(PLAN_HASH, { user: "U9OTHER" })).toContain("are not in SLACK_MAY_APPROVE");
    expect(await said(PLAN_HASH, { team: "T9OTHER" })).toContain("T9OTHER");
    expect(await said("h0")).toMatch(/^Nothing was done: .*plan/);
    await cluster.click("approve", `vain ${id} ${PLAN_HASH}`, where);
    expect(await said(PLAN_HASH)).toBe("<@U1PERSON> has approved this already.");
    expect(answers()).toHaveLength(4);
  });
});

test("with an incoming webhook alone a question and an end are told, without buttons", async () => {
  const hooks = await startToldClusters(["home"], ({ hooksUrl }) => ({
    SLACK_WEBHOOK_URL: `${hooksUrl}/services/T1/B1/secret`,
  }));
  try {
    const cluster = await hooks.cluster("home");
    const id = await cluster.request("remediate");
    await cluster.asks(await cluster.claim());
    await until(() => hooks.slack.calls.length === 1);
    await cluster.decide(id, "approve", { planHash: PLAN_HASH });
    await cluster.done(await cluster.claim());
    await until(() => hooks.slack.calls.length === 2);

    expect(hooks.slack.calls.map(({ path, body: { text } }) => [path, text])).toEqual([
      ["/hooks/services/T1/B1/secret", "home: fix: needs approval · TLS over IPv6 stalls"],
      ["/hooks/services/T1/B1/secret", "home: fix: recovered · TLS over IPv6 stalls"],
    ]);
    const sent = hooks.slack.calls.map(({ raw }) => raw).join("");
    expect(sent).not.toMatch(/"(approve|dismiss|undo)"/);
    expect(sent).toContain(`https://backon.example/clusters/home/jobs/${id}`);
  } finally {
    await hooks.close();
  }
});

test("what waits to be sent is sent after the Worker has started again", async () => {
  const again = await startToldClusters(["home"], () => ({
    SLACK_BOT_TOKEN: "xoxb-of-the-tests",
    SLACK_CHANNELS: "home=CHOME",
  }));
  try {
    const cluster = await again.cluster("home");
    again.slack.fault("CHOME", { status: 503 });
    await cluster.request("remediate");
    await until(() => again.slack.calls.length === 1);
    expect(await cluster.messages()).toEqual({ waiting: 1, failed: null });
    await again.restart();
    again.slack.heal("CHOME");
    expect(await cluster.messages()).toEqual({ waiting: 1, failed: null });
    await until(() => again.slack.messages("CHOME").length === 1);

    expect(again.slack.messages("CHOME")[0]?.texts).toEqual(["home: fix: queued"]);
  } finally {
    await again.close();
  }
});
