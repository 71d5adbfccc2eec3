import { describe, expect, it } from "vitest";
import { backOffMs, retriesAt } from "../../../agent/kubernetes/back-off.ts";
import { failingPod, seenPod } from "../../../agent/kubernetes/failing-pods.ts";
import { Pod } from "../../../agent/kubernetes/pod.ts";
import { failedPulls, pullsOf } from "../../../agent/kubernetes/pull-events.ts";
import { createTextReader } from "../../../agent/kubernetes/texts.ts";
import type { Client } from "../../../agent/kubernetes/client.ts";

describe("failed pulls in events", () => {
  const pod = { namespace: "shop", uid: "u-1", createdAt: Date.parse("2026-11-23T10:00:00Z") };
  const eventAt = (at: string) => ({
    message: 'Failed to pull image "nginx:1.27": EOF',
    firstTimestamp: at,
    lastTimestamp: at,
    metadata: { creationTimestamp: at },
    involvedObject: { uid: pod.uid, fieldPath: "spec.containers{web}" },
  });
  const answering = (items: unknown[]): Client => {
    const body = Buffer.from(JSON.stringify({ metadata: {}, items }));
    const reply = { kind: "reply", status: 200, retryAfterMs: null, at: null, body } as const;
    const answer = () => Promise.resolve({ ...reply, contentType: "application/json" });
    return { read: answer, send: answer, serverTime: () => null };
  };

  it("that are older than the pod are not its own", async () => {
    const events = [eventAt("2026-11-23T09:00:00Z"), eventAt("2026-11-23T10:00:00Z")];

    const { pulls } = await failedPulls(answering(events), [pod], createTextReader());

    const found = pullsOf(pulls, pod.uid, { name: "web", kind: "container" });
    expect(found).toMatchObject({ lastAt: pod.createdAt, count: 1, text: "EOF" });
  });

  it("that the API server took in after the pod are its own, whatever their node's clock says", async () => {
    const event = { ...eventAt("2026-11-23T10:00:30Z"), count: 7 };
    const behind = {
      firstTimestamp: "2026-11-23T09:00:00Z",
      lastTimestamp: "2026-11-23T09:04:00Z",
    };
    const managedFields = [{ time: "2026-11-23T10:04:30Z" }];
    const metadata = { ...event.metadata, managedFields };

    const { pulls } = await failedPulls(
      answering([{ ...event, ...behind, metadata }]),
      [pod],
      createTextReader(),
    );

    expect(pullsOf(pulls, pod.uid, { name: "web", kind: "container" })).toMatchObject({
      firstAt: Date.parse("2026-11-23T10:00:30Z"),
      lastAt: Date.parse("2026-11-23T10:04:30Z"),
      count: 7,
    });
  });

  it("have the kubelet's times where the server says none", async () => {
    const at = "2026-11-23T12:00:00Z";
    const { metadata: _, ...event } = eventAt(at);

    const { pulls } = await failedPulls(answering([event]), [pod], createTextReader());

    const found = pullsOf(pulls, pod.uid, { name: "web", kind: "container" });
    expect(found).toMatchObject({ firstAt: Date.parse(at), lastAt: Date.parse(at) });
  });

  it("that the kubelet combines from the tenth on are read like the others", async () => {
    const event = eventAt("2026-11-23T10:00:00Z");
    const combined = `(combined from similar events): ${event.message}`;

    const { pulls } = await failedPulls(
      answering([{ ...event, message: combined }]),
      [pod],
      createTextReader(),
    );

    const found = pullsOf(pulls, pod.uid, { name: "web", kind: "container" });
    expect(found).toMatchObject({ count: 1, text: "EOF" });
  });

  it("say since when a pod fails that started long before", async () => {
    const failedAt = "2026-11-23T12:00:00Z";
    const { pulls } = await failedPulls(answering([eventAt(failedAt)]), [pod], createTextReader());
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
      createTextReader(),
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

  it("counts all failures of a container from the last one on", () => {
    expect(retriesAt({ lastAt: 100_000, count: 3 }, 100_000)).toBe(140_000);
  });

  it.each([
    ["no event says when", { lastAt: null, count: 3 }],
    ["it was over long ago", { lastAt: 1_000, count: 1 }],
  ])("has no known end where %s", (_, failures) => {
    expect(retriesAt(failures, 500_000)).toBeNull();
  });
});
