// The life of pods behind the simulated API server.
import { describe, expect, it, vi } from "vitest";
import { ask } from "../../../sim/kubernetes/ask.ts";
import type { KubernetesSim } from "../../../sim/kubernetes/server.ts";
import { never, startSim, TLS, TOKEN, web } from "./test-world.ts";

describe("pods of the simulated cluster", () => {
  const remove = (sim: KubernetesSim, name: string) =>
    ask(sim, { method: "DELETE", path: `/api/v1/namespaces/shop/pods/${name}`, token: TOKEN });

  it("alternate ErrImagePull with the runtime's error and ImagePullBackOff with its cause", async () => {
    const sim = await startSim();
    sim.apply({ kind: "bare", namespace: "shop", name: "alone", image: "nginx:1.27" });
    const seen = new Set<string>();

    await vi.waitFor(
      () => {
        for (const pod of sim.pods()) seen.add(`${pod.reason}: ${pod.message}`);
        expect(seen).toContain(`ErrImagePull: ${TLS}`);
        expect(seen).toContain(
          `ImagePullBackOff: Back-off pulling image "nginx:1.27": ErrImagePull: ${TLS}`,
        );
      },
      { interval: 2 },
    );
  });

  it("double their back-off from pull to pull", async () => {
    const at: number[] = [];
    const sim = await startSim({
      backOffMs: 40,
      maxBackOffMs: 160,
      pull: () => (at.push(Date.now()), never()),
    });
    sim.apply({ kind: "bare", namespace: "shop", name: "x", image: "x:1" });

    await vi.waitFor(() => expect(at.length).toBeGreaterThanOrEqual(5), { timeout: 5_000 });

    const gaps = at.slice(1).map((time, index) => time - (at[index] ?? 0));
    for (const [index, wanted] of [40, 80, 160, 160].entries())
      expect(gaps[index]).toBeGreaterThanOrEqual(wanted - 2);
  });

  it("pull at once under a new uid, while the old one would still wait", async () => {
    const sim = await startSim({ backOffMs: 60_000, maxBackOffMs: 300_000 });
    sim.apply(web);
    const [old] = sim.pods();
    sim.setPull(() => Promise.resolve({ ok: true }));
    await remove(sim, old?.name ?? "");

    await vi.waitFor(() => {
      expect(sim.pods()).toMatchObject([{ phase: "Running", ready: true, reason: null }]);
    });

    expect(sim.pods()[0]?.uid).not.toBe(old?.uid);
  });

  it("queue behind a pull that hangs on their node, and not behind another node's", async () => {
    const hangs = Promise.withResolvers<{ ok: true }>();
    const sim = await startSim({
      pull: (image) => (image === "slow:1" ? hangs.promise : Promise.resolve({ ok: true })),
    });
    const bare = { kind: "bare", namespace: "shop" } as const;
    sim.apply(
      { ...bare, name: "slow", image: "slow:1", nodes: ["node-a"] },
      { ...bare, name: "behind", image: "quick:1", nodes: ["node-a"] },
      { ...bare, name: "beside", image: "quick:1", nodes: ["node-b"] },
    );
    const running = () => sim.pods().flatMap((pod) => (pod.ready ? [pod.name] : []));
    await vi.waitFor(() => expect(running()).toEqual(["beside"]));

    hangs.resolve({ ok: true });

    await vi.waitFor(() => expect(running()).toEqual(["behind", "beside", "slow"]));
  });

  it("are replaced at once under another name for a Deployment", async () => {
    const sim = await startSim({ removalMs: 5_000 });
    sim.apply(web);
    const [old] = sim.pods();

    await remove(sim, old?.name ?? "");

    await vi.waitFor(() => expect(sim.pods()).toHaveLength(2));
    expect(sim.pods().filter((pod) => pod.terminating)).toMatchObject([{ uid: old?.uid }]);
  });

  it("are replaced on the same node under another name for a DaemonSet, once the old one is gone", async () => {
    const sim = await startSim();
    sim.apply({ ...web, kind: "DaemonSet" });
    const old = sim.pods().find((pod) => pod.node === "node-b");
    await remove(sim, old?.name ?? "");
    expect(sim.pods()).toHaveLength(2);

    await vi.waitFor(() => {
      const now = sim.pods().filter((pod) => pod.node === "node-b");
      expect(now).toHaveLength(1);
      expect(now[0]?.name).not.toBe(old?.name);
    });
  });

  it("keep their name and change their uid for a StatefulSet", async () => {
    const sim = await startSim();
    sim.apply({ ...web, kind: "StatefulSet", name: "db" });
    const [old] = sim.pods();
    await remove(sim, "db-0");

    await vi.waitFor(() => {
      expect(sim.pods()).toMatchObject([{ name: "db-0", terminating: false }]);
      expect(sim.pods()[0]?.uid).not.toBe(old?.uid);
    });
  });

  it("count as failed for a Job, which gives up past its limit", async () => {
    const sim = await startSim();
    const job = { ...web, kind: "Job" } as const;
    sim.apply({ ...job, name: "patient" }, { ...job, name: "strict", backoffLimit: 1 });
    const uidOf = (name: string) => sim.pods().find((pod) => pod.name.startsWith(name))?.uid;
    const removeAll = () => Promise.all(sim.pods().map((pod) => remove(sim, pod.name)));
    const first = uidOf("patient");
    await removeAll();
    await vi.waitFor(() => {
      expect(sim.pods().filter((pod) => !pod.terminating)).toHaveLength(2);
      expect(sim.pods()).toHaveLength(2);
    });
    const second = uidOf("patient");
    await removeAll();

    await vi.waitFor(() => expect([undefined, first, second]).not.toContain(uidOf("patient")));

    expect(uidOf("strict")).toBeUndefined();
  });

  it("stay until a pull under way has ended, however fast they were deleted", async () => {
    const hangs = Promise.withResolvers<{ ok: false; message: string }>();
    const sim = await startSim({ pull: () => hangs.promise });
    sim.apply({ ...web, kind: "bare", name: "waits", nodes: ["node-b"] });
    sim.apply({ kind: "bare", namespace: "shop", name: "pulls", image: "nginx:1.27" });
    await Promise.all([remove(sim, "pulls"), remove(sim, "waits")]);
    await vi.waitFor(() => expect(sim.pods()).toMatchObject([{ name: "pulls" }]));

    hangs.resolve({ ok: false, message: TLS });

    await vi.waitFor(() => expect(sim.pods()).toEqual([]));
  });

  it("are gone for good without an owner, and come back as a mirror", async () => {
    const sim = await startSim();
    sim.apply({ ...web, kind: "bare", name: "alone" }, { ...web, kind: "mirror", name: "etcd" });
    const mirror = sim.pods().find((pod) => pod.name === "etcd-node-a");

    await Promise.all([remove(sim, "alone"), remove(sim, "etcd-node-a")]);

    await vi.waitFor(() => {
      expect(sim.pods()).toMatchObject([{ name: "etcd-node-a", reason: "ImagePullBackOff" }]);
      expect(sim.pods()[0]?.uid).not.toBe(mirror?.uid);
    });
  });

  it("are noted once each when they are evicted, deleted and asked for again", async () => {
    const sim = await startSim({ removalMs: 5_000 });
    sim.apply(web, { ...web, kind: "bare", name: "alone" });
    const name = sim.pods().find((pod) => pod.owner !== null)?.name ?? "";
    const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name } };
    const path = `/api/v1/namespaces/shop/pods/${name}/eviction`;
    await ask(sim, { method: "POST", path, token: TOKEN, body });

    await ask(sim, { method: "POST", path, token: TOKEN, body });
    await remove(sim, "alone");

    expect(sim.evictions).toMatchObject([
      { name, via: "evict", owner: { kind: "ReplicaSet" } },
      { name: "alone", via: "delete", owner: null },
    ]);
  });

  it("keep whoever evicts by uid alone waiting where a successor is Pending, not by version", async () => {
    const sim = await startSim({ conflictHoldMs: 60_000 });
    sim.apply(web);
    const name = sim.pods()[0]?.name ?? "";
    const path = `/api/v1/namespaces/shop/pods/${name}/eviction`;
    const evict = (preconditions: object) => {
      const deleteOptions = { preconditions };
      const body = { apiVersion: "policy/v1", kind: "Eviction", deleteOptions };
      return ask(sim, { method: "POST", path, token: TOKEN, body });
    };
    let answered = false;
    void evict({ uid: "another" }).then(() => (answered = true));

    const byVersion = await evict({ uid: "another", resourceVersion: "1" });

    expect(byVersion).toMatchObject({ status: 409 });
    expect(answered).toBe(false);
  });

  it("look as if they had been failing for minutes where the world starts so", async () => {
    const pulls: string[] = [];
    const sim = await startSim({
      backOffMs: 10_000,
      maxBackOffMs: 300_000,
      pull: (image) => (pulls.push(image), never()),
    });
    sim.apply(web);
    const [pod] = sim.pods();
    const selector = `involvedObject.uid=${pod?.uid},reason=Failed`;

    const answer = await ask(sim, {
      method: "GET",
      path: `/api/v1/events?fieldSelector=${encodeURIComponent(selector)}`,
      token: TOKEN,
    });

    const { items } = (answer?.json ?? { items: [] }) as {
      items: { message: string; count: number; firstTimestamp: string; lastTimestamp: string }[];
    };
    const failed = items.find((item) => item.message.startsWith("Failed to pull image"));
    expect(failed?.count).toBeGreaterThanOrEqual(6);
    expect(Date.now() - Date.parse(failed?.firstTimestamp ?? "")).toBeGreaterThan(590_000);
    expect(Date.now() - Date.parse(failed?.lastTimestamp ?? "")).toBeLessThan(60_000);
    expect(Date.now() - (pod?.createdAt ?? 0)).toBeGreaterThan(590_000);
    expect(pulls).toEqual([]);
  });
});
