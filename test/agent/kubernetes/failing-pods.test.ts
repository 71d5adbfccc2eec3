import { readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { failingPod, seenPod } from "../../../agent/kubernetes/failing-pods.ts";
import { Pod } from "../../../agent/kubernetes/pod.ts";
import { createTextReader } from "../../../agent/kubernetes/texts.ts";
import { startWorld, TLS_ERROR, valueOf, web } from "./cluster-world.ts";

describe("failing pods", () => {
  it("carry the cause, the owner, the node's addresses, since when and the next try", async () => {
    const { cluster, sim } = await startWorld();
    sim.apply(web);

    const [pod, ...others] = valueOf(await cluster.failingPods());

    expect(others).toEqual([]);
    expect(pod).toMatchObject({
      namespace: "shop",
      node: "node-a",
      nodeAddresses: ["192.0.2.21", "2001:db8:21::1"],
      owner: { group: "apps", kind: "ReplicaSet", uid: expect.any(String) as string },
      phase: "Pending",
      terminating: false,
      mirror: false,
      containers: [{ name: "web", kind: "container", image: "nginx:1.27", text: TLS_ERROR }],
    });
    expect(pod?.containers[0]).toMatchObject({ reason: "ImagePullBackOff" });
    const [now, event] = pod?.containers[0]?.messages ?? [];
    const said = { label: "network.tls_timeout", host: "registry-1.docker.io" };
    expect(now).toMatchObject({ ...said, firstAt: null, lastAt: null, from: "waiting" });
    expect(event).toMatchObject({ ...said, from: "event" });
    expect(Date.now() - (pod?.failingSince ?? 0)).toBeGreaterThan(590_000);
    expect(pod?.retriesAt).toBe((event?.lastAt ?? 0) + 300_000);
  });

  it.each([
    ["apps/v1", "apps"],
    ["apps/v2beta1", "apps"],
    ["example.com/v1", "example.com"],
    ["v1", ""],
  ])("name the API group of an owner of %s: %j", async (ownerApiVersion, group) => {
    const { cluster, sim } = await startWorld();
    sim.apply({ ...web, kind: "StatefulSet", name: "db", ownerApiVersion });

    const [pod] = valueOf(await cluster.failingPods());

    expect(pod?.owner).toMatchObject({ group, kind: "StatefulSet", name: "db" });
  });

  it.each([-3_600_000, 0, 3_600_000])(
    "have the API server's times where their node's clock is %i ms ahead",
    async (kubeletAheadMs) => {
      const { cluster, sim } = await startWorld({ kubeletAheadMs, oldBackOffMessages: true });
      sim.apply(web);

      const [pod] = valueOf(await cluster.failingPods());

      const [message] = pod?.containers[0]?.messages ?? [];
      expect(message).toMatchObject({ label: "network.tls_timeout", from: "event" });
      const agoMs = (at: number | null | undefined) => Date.now() - (at ?? 0);
      expect(agoMs(pod?.failingSince)).toBeGreaterThan(590_000);
      expect(agoMs(pod?.failingSince)).toBeLessThan(700_000);
      expect(agoMs(message?.lastAt)).toBeGreaterThanOrEqual(0);
      expect(agoMs(message?.lastAt)).toBeLessThan(120_000);
      expect(pod?.retriesAt).toBe((message?.lastAt ?? 0) + 300_000);
    },
  );

  it("have their cause from the events where the kubelet is older than 1.32", async () => {
    const { cluster, sim } = await startWorld({ oldBackOffMessages: true });
    sim.apply(web);

    const [pod] = valueOf(await cluster.failingPods());

    expect(sim.pods()[0]?.message).toBe('Back-off pulling image "nginx:1.27"');
    expect(pod?.containers[0]).toMatchObject({
      text: TLS_ERROR,
      messages: [{ label: "network.tls_timeout", from: "event" }],
    });
  });

  it("keep the text without a cause where no event is left", async () => {
    const { cluster, sim } = await startWorld({ oldBackOffMessages: true });
    sim.apply(web);
    sim.setRules([{ verbs: ["list"], resources: ["pods"] }]);

    const [pod] = valueOf(await cluster.failingPods());

    expect(pod?.containers[0]).toMatchObject({
      text: 'Back-off pulling image "nginx:1.27"',
      messages: [{ label: "unknown.no_detail", from: "waiting" }],
    });
    expect(pod?.retriesAt).toBeNull();
    expect(pod?.failingSince).toBe(pod?.createdAt);
  });

  it.each([true, false])("keep an error's newlines (kubelet before 1.32: %s)", async (old) => {
    const { cluster, sim } = await startWorld({ oldBackOffMessages: old });
    const message = "unexpected status from GET request: 429 Too Many Requests\ntoomanyrequests: x";
    sim.apply({ ...web, failing: { sinceMs: 600_000, message } });

    const [pod] = valueOf(await cluster.failingPods());

    expect(pod?.containers[0]?.text).toBe(message);
  });

  it.each([
    ["init", "init-web", "init", "Pending"],
    ["sidecar", "sidecar", "container", "Running"],
    ["ephemeral", "debugger", "ephemeral", "Running"],
  ] as const)(
    "are found by their %s container, with its events",
    async (pulls, name, kind, phase) => {
      const { cluster, sim } = await startWorld();
      sim.apply({ ...web, pulls });

      const [pod] = valueOf(await cluster.failingPods());

      expect(pod).toMatchObject({
        phase,
        containers: [{ name, kind, reason: "ImagePullBackOff" }],
      });
      expect(pod?.containers).toHaveLength(1);
      expect(pod?.containers[0]?.messages.map((message) => message.from)).toEqual([
        "waiting",
        "event",
      ]);
    },
  );

  it("are found while ErrImagePull shows as well", async () => {
    const { cluster, sim } = await startWorld({ resyncMs: 60_000, backOffMs: 120_000 });
    sim.apply({ kind: "bare", namespace: "shop", name: "alone", image: "nginx:1.27" });
    await vi.waitFor(() => expect(sim.pods()[0]?.reason).toBe("ErrImagePull"));

    const [pod] = valueOf(await cluster.failingPods());

    expect(pod).toMatchObject({ owner: null, containers: [{ reason: "ErrImagePull" }] });
    expect(pod?.containers[0]?.text).toBe(TLS_ERROR);
  });

  it("say that they terminate and that they are mirrors", async () => {
    const { cluster, sim } = await startWorld({ removalMs: 60_000 });
    sim.apply(
      { ...web, kind: "mirror", name: "etcd" },
      { ...web, kind: "StatefulSet", name: "db" },
    );
    const db = sim.pods().find((pod) => pod.name === "db-0");
    await cluster.restart(
      { namespace: "shop", name: "db-0", uid: db?.uid ?? "" },
      "evict",
      () => null,
    );

    const pods = valueOf(await cluster.failingPods());

    const told = pods.map(({ name, mirror, terminating }) => ({ name, mirror, terminating }));
    expect(told).toEqual([
      { name: "db-0", mirror: false, terminating: true },
      { name: "etcd-node-a", mirror: true, terminating: false },
    ]);
  });

  it("are none while all pods run, and no event is asked for then", async () => {
    const { cluster, sim } = await startWorld({ pull: () => Promise.resolve({ ok: true }) });
    sim.apply({ kind: "Deployment", namespace: "shop", name: "ok", image: "ok:1" });
    await vi.waitFor(() => expect(sim.pods()).toMatchObject([{ ready: true }]));

    const pods = valueOf(await cluster.failingPods());

    expect(pods).toEqual([]);
    expect(sim.requests.filter((line) => line.path.includes("/events"))).toEqual([]);
  });

  it("share one list of events where there are many of a namespace", async () => {
    const { cluster, sim } = await startWorld();
    sim.apply({ ...web, replicas: 10 }, { ...web, namespace: "blog", replicas: 2 });

    const pods = valueOf(await cluster.failingPods());

    expect(pods).toHaveLength(12);
    expect(pods.every((pod) => pod.retriesAt !== null)).toBe(true);
    const lists = sim.requests.filter((line) => line.path.includes("/events"));
    expect(lists.map((line) => line.path.split("/")[4]).toSorted()).toEqual([
      "blog",
      "blog",
      "shop",
    ]);
  });

  it("leave out what an event says about another pod of the same name", async () => {
    const { cluster, sim } = await startWorld({ oldBackOffMessages: true, removalMs: 1 });
    const other = "dial tcp 192.0.2.9:443: connect: connection refused";
    sim.setPull(() => Promise.resolve({ ok: false, message: other }));
    sim.apply({ ...web, kind: "StatefulSet", name: "db" });
    const [old] = sim.pods();
    await cluster.restart(
      { namespace: "shop", name: "db-0", uid: old?.uid ?? "" },
      "evict",
      () => null,
    );
    await vi.waitFor(() => {
      expect(sim.pods()[0]?.uid).not.toBe(old?.uid);
      expect(sim.pods()[0]?.reason).toBe("ErrImagePull");
    });

    const [pod] = valueOf(await cluster.failingPods());

    const labels = new Set(pod?.containers[0]?.messages.map(({ label }) => label));
    expect([...labels]).toEqual(["network.refused"]);
    expect(pod?.containers[0]?.text).toBe(other);
    expect(Date.now() - (pod?.failingSince ?? 0)).toBeLessThan(10_000);
  });

  it.each(["pod-deployment-backoff-full", "pod-job-backoff", "pod-running-phase-with-backoff"])(
    "are read from the recorded %s",
    (id) => {
      const path = new URL("../../fixtures/kubernetes/pods.json", import.meta.url);
      const { exchanges } = JSON.parse(readFileSync(path, "utf8")) as {
        exchanges: { id: string; response: { body: unknown } }[];
      };
      const body = exchanges.find((exchange) => exchange.id === id)?.response.body;

      const pod = failingPod(seenPod(Pod.parse(body), createTextReader()), new Map(), 0);

      expect(pod.containers).toHaveLength(1);
      expect(pod.containers[0]?.text).toMatch(/^rpc error: code = \w+ desc = failed/);
    },
  );
});
