// Restarting the chosen pods, a few a second.
import type { PodStory } from "../../src/protocol/report.ts";
import { reasonToLeaveNow } from "../plan/choose-restarts.ts";
import type { World } from "../ports/world.ts";
import type { FailingPod, RestartResult } from "../ports/cluster.ts";

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

/** Until what failed is asked for again: an API server that restarts is back by then. */
const AGAIN_AFTER_MS = 5_000;

type Tried = { readonly watched: Watched; readonly again: RestartResult["again"] };

/**
 * Restarts in order, at most `restartsPerSecond`; each pod only if it still fails at `goodHosts`. What
 * failed and may not fail again is asked for once more at the end.
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
  const { clock, policy } = world;
  const done = new Map<string, Tried>();
  const gapMs = Math.ceil(1000 / policy.restartsPerSecond);
  for (const one of chosen) {
    if (done.size > 0) await clock.sleep(gapMs);
    const tried = await restartOne(one, { goodHosts, world });
    if (tried === null) break;
    done.set(one.pod.uid, tried);
  }
  const failed = [...done.values()].filter(({ again }) => again !== undefined);
  for (const [index, { watched, again }] of failed.entries()) {
    await clock.sleep(index === 0 ? AGAIN_AFTER_MS : gapMs);
    const mayBeOurs = again === "maybe-done";
    const tried = await restartOne(watched, { goodHosts, world, mayBeOurs });
    if (tried === null) break;
    // A successor may be as old as the first request.
    const { serverAt } = watched;
    done.set(watched.pod.uid, { ...tried, watched: { ...tried.watched, serverAt } });
  }
  return [...done.values()].map(({ watched }) => watched);
}

/** Null: the right to write has run out, and nothing was sent. */
async function restartOne(
  one: Chosen,
  {
    goodHosts,
    world,
    mayBeOurs = false,
  }: { readonly goodHosts: readonly string[]; readonly world: World; readonly mayBeOurs?: boolean },
): Promise<Tried | null> {
  const { clock, policy, memory, journal, lease } = world;
  if (!lease.stillHeld()) return null;
  const at = clock.now();
  const serverAt = world.cluster.serverTime() ?? at;
  const target = { ...one.pod, mayBeOurs };
  const { restarted, detail, again } = await world.cluster.restart(target, policy.method, (now) =>
    lease.stillHeld() ? reasonToLeaveNow(now, goodHosts, policy) : "the lease ran short",
  );
  if (restarted === "left" && !lease.stillHeld()) return null;
  const ok = restarted === "evicted" || restarted === "deleted";
  const what = policy.method === "evict" ? "evict pod" : "delete pod";
  const on = `${one.pod.namespace}/${one.pod.name}`;
  const told = `${restarted}: ${detail}`;
  journal.note({ at, ms: clock.now() - at, what, on, ok, detail: told });
  if (ok && one.pod.owner !== null) memory.remember(one.pod.owner.uid, one.registry, at);
  const { restarted: _, ...before } = one.story;
  const story: PodStory =
    restarted === "left"
      ? { ...before, decision: "leave", why: detail }
      : { ...before, restarted, detail };
  return { watched: { ...one, story, serverAt }, again };
}
