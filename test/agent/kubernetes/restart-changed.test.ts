// A pod that changes between the look and its eviction.
import { expect, it, vi } from "vitest";
import type { FailingPod } from "../../../agent/ports/cluster.ts";
import { startWorld, web, type ClusterWorld } from "./cluster-world.ts";

type Happens = (world: ClusterWorld, uid: string) => void | Promise<void>;

/** Restarts the one pod while something happens to it right before each of its first evictions. */
async function restartWhile(happens: Happens, { times = 1, against = nothing } = {}) {
  const pending: (() => void | Promise<void>)[] = [];
  const world = await startWorld({
    removalMs: 60_000,
    before: ({ method }) => {
      return method === "POST" ? pending.shift()?.() : undefined;
    },
  });
  world.sim.apply(web);
  const [pod] = world.sim.pods();
  if (pod === undefined) throw new Error("no pod");
  for (let count = 0; count < times; count++) pending.push(() => happens(world, pod.uid));
  const target = { namespace: "shop", name: pod.name, uid: pod.uid };
  const result = await world.cluster.restart(target, "evict", against);
  const evictions = world.sim.requests.filter(({ method }) => method === "POST");
  return { result, evicted: world.sim.evictions.length, asked: evictions.length, world };
}

const nothing: (now: FailingPod) => string | null = () => null;

it("that only got another version is evicted all the same, as it was seen again", async () => {
  const { result, evicted, asked } = await restartWhile(({ sim }, uid) => sim.touch(uid));

  expect({ result: result.restarted, evicted, asked }).toEqual({
    result: "evicted",
    evicted: 1,
    asked: 2,
  });
});

it("that changes without end is left after three tries", async () => {
  const { result, evicted, asked } = await restartWhile(({ sim }, uid) => sim.touch(uid), {
    times: 99,
  });

  expect(result).toMatchObject({ restarted: "failed", detail: expect.stringContaining("409") });
  expect({ evicted, asked }).toEqual({ evicted: 0, asked: 3 });
});

it("that fails for a cause that speaks against a restart is left with that reason", async () => {
  const seen: string[] = [];
  const { result, evicted } = await restartWhile(({ sim }, uid) => sim.touch(uid), {
    against: ({ containers }) => {
      seen.push(...containers.flatMap(({ messages }) => messages.map(({ label }) => label)));
      return seen.length > 1 ? "it fails otherwise now" : null;
    },
  });

  expect(result).toEqual({ restarted: "left", detail: "it fails otherwise now" });
  expect(seen).toEqual(["network.tls_timeout", "network.tls_timeout"]);
  expect(evicted).toBe(0);
});

it("that got its image in that moment is left: it recovered by itself", async () => {
  const { result, evicted, asked } = await restartWhile(async ({ sim }, uid) => {
    sim.setPull(() => Promise.resolve({ ok: true }));
    sim.pullAgain(uid);
    await vi.waitFor(() => expect(sim.pods()).toMatchObject([{ ready: true }]));
  });

  expect(result).toEqual({ restarted: "left", detail: "it recovered by itself" });
  expect({ evicted, asked }).toEqual({ evicted: 0, asked: 1 });
});

it.each<[string, Happens, number]>([
  ["whose back-off has ended", ({ sim }, uid) => sim.pullAgain(uid), 0],
  ["whose kubelet has started anew", ({ sim }) => sim.restartKubelets(), 0],
])("%s is left while its image is being pulled", async (_which, begins, asked) => {
  const world = await startWorld({ pull: () => new Promise(() => undefined) });
  world.sim.apply(web);
  const [pod] = world.sim.pods();
  const target = { namespace: "shop", name: pod?.name ?? "", uid: pod?.uid ?? "" };
  await begins(world, target.uid);

  const result = await vi.waitFor(async () => {
    const left = await world.cluster.restart(target, "evict", () => "no pull seen yet");
    expect(left.detail).not.toBe("no pull seen yet");
    return left;
  });

  expect(result).toEqual({ restarted: "left", detail: "its image is being pulled now" });
  expect(world.sim.requests.filter(({ method }) => method === "POST")).toHaveLength(asked);
});

it("whose pull began in that moment, after a kubelet's start, is left", async () => {
  const { result, evicted, asked } = await restartWhile(async ({ sim }) => {
    sim.setPull(() => new Promise(() => undefined));
    sim.restartKubelets();
  });

  expect(result).toEqual({ restarted: "left", detail: "its image is being pulled now" });
  expect({ evicted, asked }).toEqual({ evicted: 0, asked: 1 });
});

it("whose pull begins while its causes are read from the events is left", async () => {
  let begin: (() => void) | null = null;
  const world = await startWorld({
    oldBackOffMessages: true,
    pull: () => new Promise(() => undefined),
    before: ({ path }) => {
      // Right after this question has been answered: the next one is asked a moment later.
      if (!path.includes("/events") || begin === null) return;
      setImmediate(begin);
      begin = null;
    },
  });
  world.sim.apply(web);
  const [pod] = world.sim.pods();
  const target = { namespace: "shop", name: pod?.name ?? "", uid: pod?.uid ?? "" };
  begin = () => world.sim.pullAgain(target.uid);

  const result = await world.cluster.restart(target, "evict", nothing);

  expect(result).toEqual({ restarted: "left", detail: "its image is being pulled now" });
  expect(world.sim.evictions).toEqual([]);
});

it("whose pull has failed again is evicted, also in the second of the next pull's start", async () => {
  const world = await startWorld();
  world.sim.apply(web);
  const [pod] = world.sim.pods();
  const target = { namespace: "shop", name: pod?.name ?? "", uid: pod?.uid ?? "" };
  world.sim.pullAgain(target.uid);
  await vi.waitFor(() => expect(world.sim.pods()).toMatchObject([{ reason: "ErrImagePull" }]));

  const result = await world.cluster.restart(target, "evict", nothing);

  expect(result).toMatchObject({ restarted: "evicted" });
});

it("whose events cannot be read is not evicted: it may be in the middle of a pull", async () => {
  const world = await startWorld();
  world.sim.apply(web);
  const [pod] = world.sim.pods();
  world.sim.addFault({ kind: "storage-down", path: "/events" });
  const target = { namespace: "shop", name: pod?.name ?? "", uid: pod?.uid ?? "" };

  const result = await world.cluster.restart(target, "evict", nothing);

  expect(result).toMatchObject({
    restarted: "failed",
    detail: expect.stringContaining("list events in namespace shop: 504"),
  });
  expect(world.sim.evictions).toEqual([]);
});

it("that had its image before the eviction was sent is left: it recovered by itself", async () => {
  const world = await startWorld({ pull: () => Promise.resolve({ ok: true }) });
  world.sim.apply(web);
  const [pod] = world.sim.pods();
  world.sim.pullAgain(pod?.uid ?? "");
  await vi.waitFor(() => expect(world.sim.pods()).toMatchObject([{ ready: true }]));
  const target = { namespace: "shop", name: pod?.name ?? "", uid: pod?.uid ?? "" };

  const result = await world.cluster.restart(target, "evict", nothing);

  expect(result).toEqual({ restarted: "left", detail: "it recovered by itself" });
  expect(world.sim.evictions).toEqual([]);
  expect(world.sim.requests.filter(({ method }) => method === "POST")).toEqual([]);
});
