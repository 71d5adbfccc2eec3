// Restarting the chosen pods, a few a second.
import type { PodStory } from "../../src/protocol/report.ts";
import { reasonToLeaveNow } from "../plan/choose-restarts.ts";
import type { World } from "../ports/world.ts";
import type { FailingPod } from "../ports/cluster.ts";

export type Chosen = {
  readonly story: PodStory;
  readonly pod: FailingPod;
  /** The hosts at which it failed. */
  readonly hosts: readonly string[];
  readonly registry: string;
};
export type Watched = Chosen & {
  /** By the API server's clock, right before the restart or the decision against it; ms. */
  readonly serverAt: number;
};

/**
 * Restarts in order, at most `restartsPerSecond`; each pod only if it still fails at `goodHosts`.
 * Stops as soon as the right to write has run out: a slow API server can make a batch longer than
 * the lease.
 */
export async function restartPods(
  {
    chosen,
    goodHosts,
  }: { readonly chosen: readonly Chosen[]; readonly goodHosts: readonly string[] },
  world: World,
): Promise<Watched[]> {
  const { clock, policy, memory, journal } = world;
  const done: Watched[] = [];
  const gapMs = Math.ceil(1000 / policy.restartsPerSecond);
  for (const one of chosen) {
    if (done.length > 0) await clock.sleep(gapMs);
    if (!world.lease.stillHeld()) break;
    const at = clock.now();
    const serverAt = world.cluster.serverTime() ?? at;
    const { restarted, detail } = await world.cluster.restart(one.pod, policy.method, (now) =>
      world.lease.stillHeld() ? reasonToLeaveNow(now, goodHosts, policy) : "the lease ran short",
    );
    if (restarted === "left" && !world.lease.stillHeld()) break;
    const ok = restarted === "evicted" || restarted === "deleted";
    const what = policy.method === "evict" ? "evict pod" : "delete pod";
    const on = `${one.pod.namespace}/${one.pod.name}`;
    const told = `${restarted}: ${detail}`;
    journal.note({ at, ms: clock.now() - at, what, on, ok, detail: told });
    if (ok && one.pod.owner !== null) memory.remember(one.pod.owner.uid, one.registry, at);
    const story: PodStory =
      restarted === "left"
        ? { ...one.story, decision: "leave", why: detail }
        : { ...one.story, restarted, detail };
    done.push({ ...one, story, serverAt });
  }
  return done;
}
