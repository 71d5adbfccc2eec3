// What became of the pods after a restart (docs/design.md section 7).
import { describe, expect, test } from "vitest";
import { watchPods } from "../../../agent/stages/watch.ts";
import type { PodStory } from "../../../src/protocol/report.ts";
import {
  aMessage,
  aPod,
  MINUTE,
  NOT_FOUND,
  pullError,
  TLS_TIMEOUT,
  type PodOf,
} from "../../support/a-pod.ts";
import { aPolicy } from "../../support/a-policy.ts";
import { BLOB, NOW, TOKEN } from "../../support/a-round.ts";
import { aWorld } from "../../support/a-world.ts";
import { aSiteInMemory } from "../../support/site-in-memory.ts";
import { becomes, heir, now, watched } from "./watched-pods.ts";

describe("what became of a restarted pod", () => {
  test("its replacement has its image: pulled, and the watch ends at once", async () => {
    const { became, ms } = await becomes([watched()], [now(heir(), { pulled: true })]);

    expect({ became, ms }).toEqual({ became: ["pulled"], ms: 0 });
  });

  test.each<[string, PodOf, number, string]>([
    ["fails with the same words", { text: TLS_TIMEOUT }, NOW + MINUTE, "still-failing"],
    ["fails with other words", { text: NOT_FOUND }, NOW + MINUTE, "other-cause"],
    ["has no words yet", { text: null }, NOW, "unknown"],
    [
      "says only that it backs off",
      { text: 'Back-off pulling image "nginx:1.27"' },
      NOW + MINUTE,
      "unknown",
    ],
    [
      "fails on a node whose clock is an hour behind",
      { text: TLS_TIMEOUT },
      NOW - 60 * MINUTE,
      "still-failing",
    ],
  ])("its replacement %s", async (_how, pod, at, expected) => {
    const { became } = await becomes([watched()], [now(heir(pod), { at })]);

    expect(became).toEqual([expected]);
  });

  test("the detail names the replacement, the cause and the host", async () => {
    const text = pullError("net/http: TLS handshake timeout", "auth.docker.io");

    const { stories } = await becomes([watched()], [now(heir({ text }))]);

    expect(stories[0]?.detail).toBe("web-next fails with network.tls_timeout at auth.docker.io");
  });

  test("a StatefulSet's replacement has the same name and another uid", async () => {
    const owner = { group: "apps", kind: "StatefulSet", name: "db", uid: "owner-db" };
    const old = aPod({ name: "db-0", owner });
    const next = now({ uid: "new", name: "db-0", owner }, { pulled: true });

    expect((await becomes([watched(old)], [next])).became).toEqual(["pulled"]);
  });

  test("the old pod that lingers while it ends is not its own replacement", async () => {
    const lingering = now({ uid: "pod-1", terminating: true }, { pulled: true });

    expect((await becomes([watched()], [lingering])).became).toEqual(["unknown"]);
  });

  test.each<[string, PodOf]>([
    [
      "of another owner",
      { owner: { group: "apps", kind: "ReplicaSet", name: "x", uid: "owner-x" } },
    ],
    ["older than the restart", { createdAt: NOW - 1_000 }],
    ["terminating", { terminating: true }],
  ])("a pod %s is no replacement", async (_which, pod) => {
    const { became } = await becomes([watched()], [now(heir(pod), { pulled: true })]);

    expect(became).toEqual(["unknown"]);
  });

  test("creation times have whole seconds: one of this second counts", async () => {
    const late = { ...watched(), serverAt: NOW + 900 };

    expect((await becomes([late], [now(heir(), { pulled: true })])).became).toEqual(["pulled"]);
  });

  test("pods of one owner share their replacements, whichever was made first", async () => {
    const two = [watched(), { ...watched(aPod({ uid: "pod-2" })), serverAt: NOW + 1_500 }];
    const heirs = [
      now({ uid: "late", createdAt: NOW + 1_000 }, { pulled: true }),
      now({ uid: "early", createdAt: NOW }, { pulled: true }),
    ];

    expect((await becomes(two, heirs)).became).toEqual(["pulled", "pulled"]);
  });

  test("a replacement counts for one of two pods only", async () => {
    const two = [watched(), watched(aPod({ uid: "pod-2" }))];

    const { became } = await becomes(two, [now(heir(), { pulled: true })]);

    expect(became).toEqual(["pulled", "unknown"]);
  });

  test.each(["blocked-by-budget", "failed"] as const)(
    "a pod whose restart is %s is watched itself",
    async (restarted) => {
      const still = now({ uid: "pod-1", createdAt: NOW - MINUTE }, { pulled: true });

      const { became } = await becomes([watched(aPod(), { restarted })], [still]);

      expect(became).toEqual(["pulled"]);
    },
  );
});

describe("the same failure again", () => {
  const stallAt = (host: string): string => pullError("net/http: TLS handshake timeout", host);
  const notFound = pullError("dial tcp: lookup registry-1.docker.io: no such host");

  test.each<[string, string, string]>([
    ["the same label at its other host", stallAt(TOKEN), "still-failing"],
    ["the same label at a host of which it never spoke", stallAt(BLOB), "other-cause"],
    ["another label of the path", pullError("connection reset by peer"), "other-cause"],
    ["the same label without a host", "net/http: TLS handshake timeout", "still-failing"],
  ])("%s: %s", async (_what, text, expected) => {
    expect((await becomes([watched()], [now(heir({ text }))])).became).toEqual([expected]);
  });

  test.each<[string, string, string]>([
    ["a TLS time-out at the registry", TLS_TIMEOUT, "still-failing"],
    ["a TLS time-out at the token host", stallAt(TOKEN), "still-failing"],
    ["a reset", pullError("read: connection reset by peer"), "still-failing"],
    ["a TLS time-out at the blob host", stallAt(BLOB), "other-cause"],
    ["a name that is not found", notFound, "other-cause"],
    ["an image that is not found", NOT_FOUND, "other-cause"],
  ])("after a first text without a cause, %s is %s", async (_what, text, expected) => {
    const one = watched(aPod({ text: null }), { restarted: "evicted", label: "unknown.no_detail" });

    expect((await becomes([one], [now(heir({ text }))])).became).toEqual([expected]);
  });

  test.each([
    [15_000 - 1, "unknown"],
    [15_000 + 1, "still-failing"],
  ])(
    "a pod that was left alone counts for failures %i ms after the change: %s",
    async (afterMs, expected) => {
      const site = aSiteInMemory({}, []);
      const clientAttemptMs = 15_000;
      const world = aWorld(site, { policy: aPolicy({ clientAttemptMs, watchEveryMs: 1_000 }) });
      const anHourBehind = -60 * MINUTE;
      // It failed once more so long after the change, and not again.
      const podsNow = async () => {
        const failedAt = site.now >= NOW + afterMs ? NOW + afterMs : NOW - MINUTE;
        const still = now(
          { uid: "pod-1", createdAt: NOW - MINUTE },
          { at: failedAt + anHourBehind },
        );
        return { ok: true, value: [still] } as const;
      };
      const pod = aPod();
      const before = now({ uid: "pod-1" }, { at: NOW - MINUTE + anHourBehind }).waiting;

      const stories = await watchPods([watched({ ...pod, containers: before }, {})], {
        ...world,
        cluster: { ...world.cluster, podsNow },
      });
      const became = stories.map((story) => story.became);

      expect(became).toEqual([expected]);
    },
  );

  test.each<[string, PodOf, Partial<PodStory>, string]>([
    ["of a replacement is about it", heir(), { restarted: "evicted" }, "still-failing"],
    ["of a pod left alone may be old", { uid: "pod-1" }, {}, "unknown"],
  ])("a waiting message without a time %s", async (_whose, pod, story, expected) => {
    const pods = now(pod);
    const waiting = pods.waiting.map((container) => ({
      ...container,
      messages: [aMessage(TLS_TIMEOUT, { from: "waiting" })],
    }));

    const { became } = await becomes([watched(aPod(), story)], [{ ...pods, waiting }]);

    expect(became).toEqual([expected]);
  });
});
