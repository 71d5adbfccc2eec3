// What messages cost in rows, in an object whose settings name a Slack: each row written costs money.
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { ClusterQueue } from "../../../src/cluster/queue.ts";
import type { Signal } from "../../../src/jobs/signal.ts";
import { freshWorldEachTest, pass, queueOf } from "../support/worker.ts";
import { ALERTS, MINUTE } from "../support/a-job.ts";

freshWorldEachTest();

const SIGNAL: Signal = {
  kind: "remediate",
  origin: ALERTS,
  registry: null,
  targets: [
    {
      namespace: "shop",
      pod: "web-1",
      uid: null,
      container: "web",
      reason: "ImagePullBackOff",
      episode: { fingerprint: "f1", startsAt: "2026-11-23T00:00:00Z" },
      unverified: false,
    },
  ],
  truncatedAlerts: 0,
};
const MESSAGES = {
  SLACK_BOT_TOKEN: "xoxb-1",
  SLACK_CHANNELS: "home=C1",
  NOTIFY_URL: "https://x.example/hook",
  NOTIFY_SECRET: "n".repeat(32),
};
const AM = { jti: "am-1", by: "am" };

test("an alert that repeats and adds nothing writes no row, where Slack and a webhook are told", async () => {
  await runInDurableObject(queueOf("home"), async (_, state) => {
    const told = new ClusterQueue(state, { ...env, ...MESSAGES });
    const { sql } = state.storage;
    const written = (): number =>
      sql.exec<{ total: number }>("SELECT total_changes() AS total").one().total;
    const messages = (): unknown[] =>
      sql.exec("SELECT output, wanted, sent FROM messages").toArray();
    await told.receiveAlerts(AM, { signal: SIGNAL, resolved: [], ignored: {} });
    const [before, due] = [written(), messages()];

    for (let repeat = 0; repeat < 60; repeat += 1) {
      pass(MINUTE);
      await told.receiveAlerts(AM, { signal: SIGNAL, resolved: [], ignored: {} });
    }

    expect(due).toEqual([
      { output: "card", wanted: 1, sent: 0 },
      { output: "webhook", wanted: 1, sent: 0 },
    ]);
    expect(messages()).toEqual(due);
    expect(written()).toBe(before);
  });
});
