// Restarted pods and their successors at the simulated API server.
import { expect, test, vi } from "vitest";
import { restartPods } from "../../../agent/stages/evict.ts";
import { watchPods } from "../../../agent/stages/watch.ts";
import { HUB, TOKEN } from "../../support/a-round.ts";
import { aStory } from "../../support/a-story.ts";
import { PROVEN, aWorld } from "../../support/a-world.ts";
import { aSiteInMemory } from "../../support/site-in-memory.ts";
import { startWorld, valueOf, web, type ClusterWorld } from "./cluster-world.ts";

/** Restarts two pods whose images can be pulled now; `then` happens, and one look says what became. */
async function becomes(aheadMs: number, then: (world: ClusterWorld) => void = () => {}) {
  const world = await startWorld({}, { now: () => Date.now() + aheadMs });
  world.sim.apply({ ...web, replicas: 2 });
  const pods = valueOf(await world.cluster.failingPods());
  const site = aSiteInMemory({}, []);
  const agent = aWorld(site, { cluster: world.cluster });
  // One look: what is not known then would be waited for.
  const policy = { ...agent.policy, watchMs: 0 };
  site.now = Date.now() + aheadMs;
  world.sim.setPull(() => Promise.resolve({ ok: true }));
  const chosen = pods.map((pod) => ({
    pod,
    story: aStory(pod),
    hosts: [HUB, TOKEN],
    registry: HUB,
  }));
  const watched = await restartPods(
    { chosen, goodHosts: [HUB, TOKEN], proof: PROVEN },
    { ...agent, policy },
  );
  then(world);
  await vi.waitFor(() => {
    const now = world.sim.pods();
    expect(now).toHaveLength(2);
    expect(now.every(({ ready, terminating }) => ready && !terminating)).toBe(true);
  });
  return (await watchPods(watched, { ...agent, policy })).map(({ became }) => became);
}

test.each([0, 10_000, -10_000, 3_600_000])(
  "are found with an agent's clock %i ms ahead of the API server's",
  async (aheadMs) => {
    expect(await becomes(aheadMs)).toEqual(["pulled", "pulled"]);
  },
);

test("are those of the new ReplicaSet where a rollout came between", async () => {
  expect(await becomes(0, ({ sim }) => sim.rollOut("web", "nginx:1.28"))).toEqual([
    "pulled",
    "pulled",
  ]);
});
