// Restarting the chosen pods, a few a second.
import type { PodStory } from "../../src/protocol/report.ts";
import { reasonToLeaveNow } from "../plan/choose-restarts.ts";
import type { World } from "../ports/world.ts";
import type { FailingPod, RestartResult } from "../ports/cluster.ts";
import type { Proof } from "./still-proven.ts";

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

export type Restarts = {
  readonly chosen: readonly Chosen[];
  readonly goodHosts: readonly string[];
  readonly proof: Pick<Proof, "stale" | "renew">;
};

/**
 * Restarts in order, at most `restartsPerSecond`; each pod only if it still fails at `goodHosts`. What
 * failed and may not fail again is asked for once more at the end.
 * Stops as soon as the right to write has run out, or the path is not proven any more: a slow API
 * server can make a batch longer than the lease, and than probes are good for.
 */
export async function restartPods(restarts: Restarts, world: World): Promise<Watched[]> {
  const { clock, policy } = world;
  const { chosen } = restarts;
  const done = new Map<string, Tried>();
  const gapMs = Math.ceil(1000 / policy.restartsPerSecond);
  for (const one of chosen) {
    if (done.size > 0) await clock.sleep(gapMs);
    const tried = await whileProven(one, restarts, { world });
    if (tried === null) break;
    done.set(one.pod.uid, tried);
  }
  const failed = [...done.values()].filter(({ again }) => again !== undefined);
  for (const [index, { watched, again }] of failed.entries()) {
    await clock.sleep(index === 0 ? AGAIN_AFTER_MS : gapMs);
    const mayBeOurs = again === "maybe-done";
    const tried = await whileProven(watched, restarts, { world, mayBeOurs });
    if (tried === null) break;
    // A successor may be as old as the first request.
    const { serverAt } = watched;
    done.set(watched.pod.uid, { ...tried, watched: { ...tried.watched, serverAt } });
  }
  return [...done.values()].map(({ watched }) => watched);
}

type How = { readonly world: World; readonly mayBeOurs?: boolean };

/** Null: the right to write has run out or nothing is proven any more, and nothing was sent. */
async function whileProven(one: Chosen, restarts: Restarts, how: How): Promise<Tried | null> {
  const { proof } = restarts;
  // What is fresh when its turn comes may be too old once the pod was looked up.
  for (let turn = 1; turn <= 2; turn += 1) {
    await proof.renew();
    if (proof.stale() !== null || !how.world.lease.stillHeld()) return null;
    const tried = await restartOne(one, restarts, how);
    if (tried !== null) return tried;
  }
  return null;
}

async function restartOne(
  one: Chosen,
  { goodHosts, proof }: Restarts,
  { world, mayBeOurs = false }: How,
): Promise<Tried | null> {
  const { clock, policy, memory, journal, lease } = world;
  const mayStill = (): boolean => lease.stillHeld() && proof.stale() === null;
  const at = clock.now();
  const serverAt = world.cluster.serverTime() ?? at;
  const target = { ...one.pod, mayBeOurs };
  const { restarted, detail, again } = await world.cluster.restart(target, policy.method, (now) =>
    mayStill() ? reasonToLeaveNow(now, goodHosts, policy) : "the lease or the probes ran out",
  );
  if (restarted === "left" && !mayStill()) return null;
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
