// What Slack's faults do to messages, and never to a job: the real Worker in workerd, over sockets.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SlackFault } from "../sim/slack.ts";
import {
  channelOf,
  channelsOf,
  startToldClusters,
  until,
  type ToldClusters,
} from "./support/told-clusters.ts";

const CLUSTERS = [
  "limited",
  "barred",
  "hangs",
  "closes",
  "fails",
  "deleted",
  "thread-gone",
  "slow",
  "quick",
];

let told: ToldClusters;
beforeAll(async () => {
  told = await startToldClusters(CLUSTERS, () => ({
    SLACK_BOT_TOKEN: "xoxb-of-the-tests",
    SLACK_CHANNELS: CLUSTERS.map((name) => `${name}=${channelOf(name)}`).join(","),
  }));
}, 60_000);
afterAll(() => told.close());

const { shows, settled } = channelsOf(() => told);

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
      expect.arrayContaining([
        "limited: fix: needs approval · TLS over IPv6 stalls",
        "limited: diagnosis: queued",
      ]),
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
    await settled(cluster);
    expect(await cluster.messages()).toEqual({ waiting: 0, failed: null });
  });

  test.concurrent("has lost the card, it is posted anew", async () => {
    const cluster = await told.cluster("deleted");
    await cluster.request("remediate");
    await shows(cluster, "queued");
    await settled(cluster);
    told.slack.fault(cluster.channel, "deleted", 1);
    const job = await cluster.claim();
    await shows(cluster, "the agent works");
    await cluster.done(job);
    await shows(cluster, "recovered");

    expect(told.slack.messages(cluster.channel)).toHaveLength(1);
  });

  test.concurrent("has lost the thread, card and thread are posted anew", async () => {
    const cluster = await told.cluster("thread-gone");
    const thread = `${cluster.channel} thread`;
    told.slack.fault(thread, "deleted", 1);
    await cluster.request("remediate");
    await cluster.asks(await cluster.claim());
    await shows(cluster, "*thread-gone: fix: needs approval · TLS over IPv6 stalls*");

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
    // No single call waited for Slack either, whose limit is half a second here.
    expect(Math.max(...times.slow)).toBeLessThan(Math.max(...times.quick) + 400);
  });
});

function middle(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
