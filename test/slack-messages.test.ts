// What Slack gets to see of jobs, and what its faults do: the real Worker in workerd, over sockets.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SlackFault } from "./sim/slack.ts";
import {
  channelOf,
  startToldClusters,
  until,
  type ToldCluster,
  type ToldClusters,
} from "./support/told-clusters.ts";

const CLUSTERS = [
  "story",
  "ask",
  "good",
  "limited",
  "barred",
  "hangs",
  "closes",
  "fails",
  "deleted",
  "thread-gone",
  "slow",
  "quick",
  "undone",
  "repeats",
  "rechecks",
];

let told: ToldClusters;
beforeAll(async () => {
  told = await startToldClusters(CLUSTERS, () => ({
    SLACK_BOT_TOKEN: "xoxb-of-the-tests",
    SLACK_CHANNELS: CLUSTERS.map((name) => `${name}=${channelOf(name)}`).join(","),
    RECHECK_MS: "1",
  }));
});
afterAll(() => told.close());

const texts = ({ channel }: ToldCluster): string[] =>
  told.slack.messages(channel).flatMap((message) => message.texts);
const shows = (cluster: ToldCluster, text: string): Promise<void> =>
  until(() => texts(cluster).some((one) => one.includes(text)));
const settled = (cluster: ToldCluster): Promise<void> =>
  until(async () => (await cluster.messages()).waiting === 0);

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
        "story: fix: recovered",
      ],
    ]);
    const [first] = told.slack.at(cluster.channel);
    expect(first?.headers.authorization).toBe("Bearer xoxb-of-the-tests");
  });

  test.concurrent("a question and a bad ending are also posted in its thread, once each", async () => {
    const cluster = await told.cluster("ask");
    const id = await cluster.request("remediate");
    await cluster.asks(await cluster.claim());
    await shows(cluster, "*ask: fix: waits for a person*");
    const [card] = told.slack.messages(cluster.channel);
    expect(JSON.stringify(card?.body)).toContain('"value":"ask ' + id + ' h1"');

    await cluster.decide(id, "approve", { planHash: "h1" });
    await cluster.done(await cluster.claim(), { outcome: "no-better" });
    await shows(cluster, "*ask: fix: did not help, taken back*");
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
    await shows(cluster, "*undone: fix: pods still fail*");
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
    await cluster.alerts(alertBody());
    await shows(cluster, "queued");
    await settled(cluster);
    const before = told.slack.at(cluster.channel).length;

    for (let repeat = 0; repeat < 10; repeat += 1) await cluster.alerts(alertBody());

    expect((await cluster.messages()).waiting).toBe(0);
    expect(told.slack.at(cluster.channel)).toHaveLength(before);
  });
});

describe("when Slack", () => {
  test.concurrent("asks for a pause, nothing goes there before it is over", async () => {
    const cluster = await told.cluster("limited");
    told.slack.fault(cluster.channel, { status: 429, headers: { "retry-after": "6" } }, 1);
    await cluster.request("remediate");
    await until(() => told.slack.at(cluster.channel).length === 1);
    // News of this job and of another one meanwhile.
    await cluster.asks(await cluster.claim());
    await cluster.request("diagnose");
    await shows(cluster, "diagnosis");
    await settled(cluster);

    const calls = told.slack.calls.filter(({ where }) => where.startsWith(cluster.channel));
    const [refused, ...after] = calls.map(({ at }) => at);
    expect((after[0] ?? 0) - (refused ?? 0)).toBeGreaterThanOrEqual(6_000);
    expect(told.slack.messages(cluster.channel).map(({ texts: [first] }) => first)).toEqual(
      expect.arrayContaining(["limited: fix: waits for a person", "limited: diagnosis: queued"]),
    );
  });

  test.concurrent("refuses for good, that is said once and nothing more is sent", async () => {
    const cluster = await told.cluster("barred");
    told.slack.fault(cluster.channel, { error: "not_in_channel" });
    const id = await cluster.request("remediate");
    await until(async () => (await cluster.messages()).failed !== null);
    await cluster.done(await cluster.claim(), { outcome: "no-better" });
    await settled(cluster);

    expect(await cluster.messages()).toEqual({
      waiting: 0,
      failed: `card of job ${id}: not_in_channel`,
    });
    const { events } = await cluster.job(id);
    expect(events.filter(({ what }) => what === "message failed")).toEqual([
      { what: "message failed", by: "backon", detail: "card: not_in_channel" },
    ]);
    expect(told.slack.at(cluster.channel)).toHaveLength(1);
  });

  const FAULTS: readonly (readonly [what: string, cluster: string, fault: SlackFault])[] = [
    ["hangs", "hangs", "hang"],
    ["cuts the connection", "closes", "close"],
    ["fails", "fails", { status: 500 }],
  ];
  test.concurrent.each(FAULTS)("%s, the message comes when it is back", async (_, name, fault) => {
    const cluster = await told.cluster(name);
    told.slack.fault(cluster.channel, fault, 1);
    await cluster.request("remediate");
    await shows(cluster, "queued");

    const [first, second] = told.slack.at(cluster.channel).map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(5_000);
    expect(await cluster.messages()).toEqual({ waiting: 0, failed: null });
  });

  test.concurrent("has lost the card, it is posted anew", async () => {
    const cluster = await told.cluster("deleted");
    await cluster.request("remediate");
    await shows(cluster, "queued");
    await settled(cluster);
    told.slack.clear(cluster.channel);
    const job = await cluster.claim();
    await shows(cluster, "the agent works");
    await cluster.done(job);
    await shows(cluster, "recovered");

    expect(told.slack.messages(cluster.channel)).toHaveLength(1);
  });

  test.concurrent("has lost the thread, card and thread are posted anew", async () => {
    const cluster = await told.cluster("thread-gone");
    const thread = `${cluster.channel} thread`;
    told.slack.fault(thread, { error: "thread_not_found" }, 1);
    await cluster.request("remediate");
    await cluster.asks(await cluster.claim());
    await until(() => told.slack.at(thread).length === 1);
    told.slack.clear(cluster.channel);
    await shows(cluster, "*thread-gone: fix: waits for a person*");

    const [card, posted, ...others] = told.slack.messages(cluster.channel);
    expect(posted?.thread).toBe(card?.ts);
    expect(others).toEqual([]);
  });

  test("hangs, a job is claimed and reported as fast as ever", async () => {
    const [slow, quick] = [await told.cluster("slow"), await told.cluster("quick")];
    told.slack.fault(slow.channel, "hang");
    const times = { slow: [] as number[], quick: [] as number[] };
    for (let round = 0; round < 30; round += 1)
      for (const [name, cluster] of [["slow", slow] as const, ["quick", quick] as const]) {
        const start = performance.now();
        await cluster.request("diagnose");
        const job = await cluster.claim();
        await cluster.stage(job, "probe");
        await cluster.done(job, { outcome: "observed" });
        times[name].push(performance.now() - start);
      }
    told.slack.heal(slow.channel);

    expect(told.slack.at(slow.channel).length).toBeGreaterThan(0);
    expect(middle(times.slow) / middle(times.quick)).toBeLessThan(1.5);
    // No single call waited for Slack either.
    expect(Math.max(...times.slow)).toBeLessThan(Math.max(...times.quick) + 400);
  });
});

function middle(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

function alertBody(): string {
  return JSON.stringify({
    version: "4",
    groupKey: "g",
    truncatedAlerts: 0,
    status: "firing",
    receiver: "backon",
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: "",
    alerts: [
      {
        status: "firing",
        labels: {
          alertname: "KubeImagePullFailing",
          namespace: "shop",
          pod: "web-1",
          container: "web",
          reason: "ImagePullBackOff",
        },
        annotations: {},
        startsAt: "2026-11-23T00:00:00Z",
        endsAt: "0001-01-01T00:00:00Z",
        generatorURL: "",
        fingerprint: "f1f1f1f1f1f1f1f1",
      },
    ],
  });
}
