// What Slack gets to see of jobs: the real Worker in workerd, over sockets. What Slack's faults do is
// in slack-faults.test.ts.
import { PLAN_HASH } from "./src/support/a-job.ts";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  channelOf,
  channelsOf,
  startToldClusters,
  until,
  type ToldClusters,
} from "./support/told-clusters.ts";

const CLUSTERS = ["story", "ask", "good", "undone", "repeats", "rechecks"];

const REPEATED = readFileSync("test/fixtures/alertmanager/0.33.1/firing-single.json", "utf8");

let told: ToldClusters;
beforeAll(async () => {
  told = await startToldClusters(CLUSTERS, () => ({
    SLACK_BOT_TOKEN: "xoxb-of-the-tests",
    SLACK_CHANNELS: CLUSTERS.map((name) => `${name}=${channelOf(name)}`).join(","),
    RECHECK_MS: "1",
  }));
}, 60_000);
afterAll(() => told.close());

const { shows, settled, texts } = channelsOf(() => told);

describe("one message a job", () => {
  test.concurrent("is edited in place, in order, from the queue to the end", async () => {
    const cluster = await told.cluster("story");
    await cluster.request("remediate");
    await shows(cluster, "queued");
    const job = await cluster.claim();
    await shows(cluster, "the agent works");
    await cluster.stage(job, "probe");
    await shows(cluster, "probes the path");
    await cluster.stage(job, "apply");
    await shows(cluster, "sets the rule");
    await cluster.done(job);
    await shows(cluster, "recovered");

    expect(told.slack.messages(cluster.channel).map((message) => message.texts)).toEqual([
      [
        "story: fix: queued",
        "story: fix: the agent works",
        "story: fix: probes the path",
        "story: fix: sets the rule",
        "story: fix: recovered · TLS over IPv6 stalls",
      ],
    ]);
    const [first] = told.slack.at(cluster.channel);
    expect(first?.headers.authorization).toBe("Bearer xoxb-of-the-tests");
  });

  test.concurrent("a question and a bad ending are also posted in its thread, once each", async () => {
    const cluster = await told.cluster("ask");
    const id = await cluster.request("remediate");
    await cluster.asks(await cluster.claim());
    await shows(cluster, "*ask: fix: needs approval · TLS over IPv6 stalls*");
    const [card] = told.slack.messages(cluster.channel);
    expect(JSON.stringify(card?.body)).toContain(`"value":"ask ${id} ${PLAN_HASH}"`);

    await cluster.decide(id, "approve", { planHash: PLAN_HASH });
    await cluster.done(await cluster.claim(), { outcome: "no-better" });
    await shows(cluster, "*ask: fix: did not help, taken back · TLS over IPv6 stalls*");
    await settled(cluster);

    const posts = told.slack.messages(cluster.channel);
    expect(posts.map(({ thread }) => thread)).toEqual([null, card?.ts, card?.ts]);
    expect(JSON.stringify(card?.body)).not.toContain('"Approve"');
  });

  test.concurrent("a good ending is an edit alone", async () => {
    const cluster = await told.cluster("good");
    await cluster.request("remediate");
    await cluster.done(await cluster.claim());
    await shows(cluster, "recovered");
    await settled(cluster);

    expect(told.slack.messages(cluster.channel)).toHaveLength(1);
  });

  test.concurrent("an undo clicked on a bad ending changes the card and repeats nothing", async () => {
    const cluster = await told.cluster("undone");
    const id = await cluster.request("remediate");
    const rule = { state: "present", ours: true, at: 1 } as const;
    await cluster.done(await cluster.claim(), { outcome: "still-failing", rule });
    await shows(cluster, "*undone: fix: pods still fail · TLS over IPv6 stalls*");
    await settled(cluster);

    const answers = `${told.slack.hooksUrl}/actions/undone`;
    await cluster.click("undo", `undone ${id}`, answers);
    await shows(cluster, "undone: undo: queued");
    await settled(cluster);
    await cluster.click("undo", `undone ${id}`, answers);
    await until(() => told.slack.at("/hooks/actions/undone").length === 2);

    const [card, thread, undo] = told.slack.messages(cluster.channel);
    expect(told.slack.messages(cluster.channel)).toHaveLength(3);
    expect(thread?.thread).toBe(card?.ts);
    expect(undo?.texts[0]).toBe("undone: undo: queued");
    expect(JSON.stringify(card?.body)).toContain("asked for an undo");
    expect(JSON.stringify(card?.body)).not.toContain('"Undo"');
    const said = told.slack.at("/hooks/actions/undone").map(({ body }) => body.text);
    expect(said).toEqual([
      expect.stringMatching(/^You asked for an undo: job `\S+` is queued\.$/),
      expect.stringMatching(/^<@U1PERSON> asked for an undo: job `\S+` is queued\.$/),
    ]);
  });

  test.concurrent("rechecks are not told of until one ends in something to know", async () => {
    const cluster = await told.cluster("rechecks");
    await cluster.request("remediate");
    const rule = { state: "present", ours: true, at: 1, life: "until-healed" } as const;
    await cluster.done(await cluster.claim(), { rule });
    await shows(cluster, "recovered");
    await cluster.done(await cluster.claim(), { outcome: "not-healed", rule });
    const next = await cluster.claim();
    await settled(cluster);
    expect(texts(cluster).filter((text) => text.includes("recheck:"))).toEqual([]);

    const gone = { state: "absent", ours: false, at: 2 } as const;
    await cluster.done(next, { outcome: "healed", rule: gone });
    await shows(cluster, "rechecks: recheck: the path has healed, rule withdrawn");
  });

  test.concurrent("an alert that repeats and adds nothing sends nothing", async () => {
    const cluster = await told.cluster("repeats");
    await cluster.alerts(REPEATED);
    await shows(cluster, "queued");
    await settled(cluster);
    const before = told.slack.at(cluster.channel).length;

    for (let repeat = 0; repeat < 10; repeat += 1) await cluster.alerts(REPEATED);

    expect((await cluster.messages()).waiting).toBe(0);
    expect(told.slack.at(cluster.channel)).toHaveLength(before);
  });
});
