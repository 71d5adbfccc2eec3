import { describe, expect, it, vi } from "vitest";
import { startWorld, web, type ClusterWorld } from "./cluster-world.ts";

const db = { ...web, kind: "StatefulSet", name: "db" } as const;

function targetIn({ sim }: ClusterWorld, name = "db-0") {
  const pod = sim.pods().find((one) => one.name === name);
  return { namespace: "shop", name, uid: pod?.uid ?? "" };
}

/** Nothing speaks against it, whatever the pod is like now. */
const asSeen = () => null;

const tries = ({ sim }: ClusterWorld) =>
  sim.requests.filter((line) => line.method !== "GET").length;

describe("a restart", () => {
  it("evicts the pod with this uid, with no right but to list and to evict", async () => {
    const world = await startWorld();
    world.sim.apply(db);
    const target = targetIn(world);

    const result = await world.cluster.restart(target, "evict", asSeen);

    expect(result).toEqual({ restarted: "evicted", detail: "201" });
    expect(world.sim.evictions).toMatchObject([{ ...target, via: "evict" }]);
  });

  it("deletes it where that is the method", async () => {
    const world = await startWorld({
      rules: [
        { verbs: ["list", "delete"], resources: ["pods"] },
        { verbs: ["list"], resources: ["events"] },
      ],
    });
    world.sim.apply(db);

    const result = await world.cluster.restart(targetIn(world), "delete", asSeen);

    expect(result.restarted).toBe("deleted");
    expect(world.sim.evictions).toMatchObject([{ name: "db-0", via: "delete" }]);
  });

  it("leaves the StatefulSet pod of the same name with a new uid alone", async () => {
    const world = await startWorld({ removalMs: 1 });
    world.sim.apply(db);
    const old = targetIn(world);
    await world.cluster.restart(old, "evict", asSeen);
    await vi.waitFor(() => {
      expect(world.sim.pods()).toMatchObject([{ name: "db-0", terminating: false }]);
      expect(world.sim.pods()[0]?.uid).not.toBe(old.uid);
    });

    const again = await world.cluster.restart(old, "evict", asSeen);

    expect(again.restarted).toBe("already-replaced");
    expect(world.sim.evictions).toHaveLength(1);
  });

  it("calls a pod that is gone already replaced", async () => {
    const world = await startWorld({ removalMs: 1 });
    world.sim.apply({ ...db, kind: "bare", name: "alone" });
    const target = targetIn(world, "alone");
    await world.cluster.restart(target, "evict", asSeen);
    await vi.waitFor(() => expect(world.sim.pods()).toEqual([]));

    const again = await world.cluster.restart(target, "evict", asSeen);

    expect(again.restarted).toBe("already-replaced");
  });

  it("is blocked by the budget of a Running pod, and does not insist", async () => {
    const world = await startWorld();
    world.sim.apply({ ...db, pulls: "sidecar" });
    world.sim.addBudget({ namespace: "shop", name: "db", app: "db", minAvailable: 1 });

    const result = await world.cluster.restart(targetIn(world), "evict", asSeen);

    expect(result.restarted).toBe("blocked-by-budget");
    expect(world.sim.evictions).toEqual([]);
    expect(tries(world)).toBe(1);
    expect(world.slept).toEqual([]);
  });

  it("passes the budget of a Pending pod", async () => {
    const world = await startWorld();
    world.sim.apply(db);
    world.sim.addBudget({ namespace: "shop", name: "db", app: "db", minAvailable: 1 });

    const result = await world.cluster.restart(targetIn(world), "evict", asSeen);

    expect(result.restarted).toBe("evicted");
  });

  it("waits as long as flow control asks, at most 10 s, and goes on", async () => {
    const world = await startWorld();
    world.sim.apply(db);
    world.sim.addFault({ kind: "flow-control", times: 1, retryAfterSeconds: 2 });
    world.sim.addFault({ kind: "flow-control", times: 1, retryAfterSeconds: 600 });

    const result = await world.cluster.restart(targetIn(world), "evict", asSeen);

    expect(result.restarted).toBe("evicted");
    expect(world.slept).toEqual([2_000, 10_000]);
  });

  it("has failed if flow control never lets it through", async () => {
    const world = await startWorld();
    world.sim.apply(db);
    world.sim.addFault({ kind: "flow-control", method: "POST" });

    const result = await world.cluster.restart(targetIn(world), "evict", asSeen);

    expect(result).toMatchObject({ restarted: "failed" });
    expect(result.detail).toContain("429");
    expect(tries(world)).toBe(4);
  });

  it.each(["done-then-closed", "done-then-504"] as const)(
    "that was carried out but not confirmed (%s) is found out and not repeated",
    async (kind) => {
      const world = await startWorld({ removalMs: 60_000 });
      world.sim.apply(db);
      world.sim.addFault({ kind, method: "POST", times: 1 });

      const result = await world.cluster.restart(targetIn(world), "evict", asSeen);

      expect(result.restarted).toBe("evicted");
      expect(world.sim.evictions).toHaveLength(1);
      expect(tries(world)).toBe(1);
    },
  );

  it.each(["closed", "storage-down"] as const)(
    "that was not carried out (%s) is asked for once more",
    async (kind) => {
      const world = await startWorld();
      world.sim.apply(db);
      world.sim.addFault({ kind, method: "POST", times: 1 });

      const result = await world.cluster.restart(targetIn(world), "evict", asSeen);

      expect(result.restarted).toBe("evicted");
      expect(tries(world)).toBe(2);
    },
  );

  it("has failed after three tries that the server did not carry out", async () => {
    const world = await startWorld();
    world.sim.apply(db);
    world.sim.addFault({ kind: "storage-down", method: "POST" });

    const result = await world.cluster.restart(targetIn(world), "evict", asSeen);

    expect(result).toMatchObject({ restarted: "failed", again: "maybe-done" });
    expect(tries(world)).toBe(3);
  });

  it("gives up on a server that does not answer in time", async () => {
    const world = await startWorld({}, { timeoutMs: 100 });
    world.sim.apply(db);
    world.sim.addFault({ kind: "silent" });

    const result = await world.cluster.restart(targetIn(world), "evict", asSeen);

    expect(result.restarted).toBe("failed");
    expect(result.detail).toMatch(/could not be read again: .*no answer within 100 ms/);
    expect(tries(world)).toBe(0);
  });

  it("refused by an admission policy is not said to lack a right, and is not asked for again", async () => {
    const world = await startWorld();
    world.sim.apply(db);
    world.sim.addFault({ kind: "denied-by-policy", path: "/eviction" });

    const result = await world.cluster.restart(targetIn(world), "evict", asSeen);

    expect(result).toMatchObject({ restarted: "failed" });
    expect(result.detail).toContain("refused by an admission policy or webhook");
    expect(result.detail).toContain("no-evictions");
    expect(result.detail).not.toContain("lacks");
    expect(result.again).toBeUndefined();
  });

  it("with an empty token is not said to lack a right", async () => {
    const world = await startWorld({}, { token: () => "" });
    world.sim.apply(db);

    const result = await world.cluster.restart(targetIn(world), "evict", asSeen);

    expect(result.detail).toContain("the token is empty");
    expect(result.detail).not.toContain("lacks");
    expect(world.sim.requests).toEqual([]);
  });

  it("that may have been carried out is ours if the pod is gone at the next look", async () => {
    const world = await startWorld({ removalMs: 1 });
    world.sim.apply(db);
    const target = targetIn(world);
    await world.cluster.restart(target, "evict", asSeen);
    await vi.waitFor(() => expect(world.sim.pods()[0]?.uid).not.toBe(target.uid));

    const again = await world.cluster.restart({ ...target, mayBeOurs: true }, "evict", asSeen);

    expect(again.restarted).toBe("evicted");
  });

  it("names the right that is missing", async () => {
    const world = await startWorld();
    world.sim.apply(db);

    const result = await world.cluster.restart(targetIn(world), "delete", asSeen);

    expect(result.restarted).toBe("failed");
    expect(result.detail).toContain("lacks: delete pods in namespace shop");
    expect(result.again).toBe("not-done");
    expect(world.sim.evictions).toEqual([]);
  });
});
