import { describe, expect, it } from "vitest";
import { backOffMs, retriesAt } from "../../../agent/kubernetes/back-off.ts";
import { failingPod, seenPod } from "../../../agent/kubernetes/failing-pods.ts";
import { Pod } from "../../../agent/kubernetes/pod.ts";
import { failedPulls, failuresOf } from "../../../agent/kubernetes/pull-events.ts";
import type { Client } from "../../../agent/kubernetes/client.ts";

describe("failed pulls in events", () => {
  const pod = { namespace: "shop", uid: "u-1", createdAt: Date.parse("2026-11-23T10:00:00Z") };
  const eventAt = (at: string) => ({
    message: 'Failed to pull image "nginx:1.27": EOF',
    firstTimestamp: at,
    lastTimestamp: at,
    involvedObject: { uid: pod.uid, fieldPath: "spec.containers{web}" },
  });
  const answering = (items: unknown[]): Client => {
    const text = JSON.stringify({ metadata: {}, items });
    const reply = { kind: "reply", status: 200, retryAfterSeconds: null, text } as const;
    const answer = () => Promise.resolve({ ...reply, contentType: "application/json" });
    return { read: answer, send: answer };
  };

  it("that are older than the pod are not its own", async () => {
    const events = [eventAt("2026-11-23T09:00:00Z"), eventAt("2026-11-23T10:00:00Z")];

    const { pulls } = await failedPulls(answering(events), [pod]);

    const failures = failuresOf(pulls, pod.uid, { name: "web", kind: "container" });
    expect(failures).toMatchObject([{ text: "EOF", lastAt: pod.createdAt, count: 1 }]);
  });

  it("say since when a pod fails that started long before", async () => {
    const failedAt = "2026-11-23T12:00:00Z";
    const { pulls } = await failedPulls(answering([eventAt(failedAt)]), [pod]);
    const waiting = { reason: "ErrImagePull", message: "EOF" };
    const seen = seenPod(
      Pod.parse({
        metadata: {
          ...pod,
          name: "web",
          resourceVersion: "7",
          creationTimestamp: "2026-11-23T10:00:00Z",
        },
        status: {
          phase: "Running",
          startTime: "2026-11-23T10:00:00Z",
          containerStatuses: [{ name: "web", image: "nginx:1.27", state: { waiting } }],
        },
      }),
    );

    const failing = failingPod(seen, pulls, Date.parse(failedAt));

    expect(failing.failingSince).toBe(Date.parse(failedAt));
    expect(failing.retriesAt).toBe(Date.parse(failedAt) + 10_000);
  });
});

describe("the kubelet's back-off", () => {
  it("is 10 s at first, doubles, and stays at 300 s", () => {
    expect([1, 2, 3, 4, 5, 6, 7, 100].map(backOffMs)).toEqual(
      [10, 20, 40, 80, 160, 300, 300, 300].map((seconds) => seconds * 1_000),
    );
  });

  const failure = { text: "x", firstAt: 0, from: "event" } as const;

  it("counts all failures of a container from the last one on", () => {
    const failures = [
      { ...failure, lastAt: 100_000, count: 2 },
      { ...failure, lastAt: 50_000, count: 1 },
    ];

    expect(retriesAt(failures, 100_000)).toBe(140_000);
  });

  it.each([
    ["there is no event", []],
    ["no event says when", [{ ...failure, lastAt: null, count: 3 }]],
    ["it was over long ago", [{ ...failure, lastAt: 1_000, count: 1 }]],
  ])("has no known end where %s", (_, failures) => {
    expect(retriesAt(failures, 500_000)).toBeNull();
  });
});
