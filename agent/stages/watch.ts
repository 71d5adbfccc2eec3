// What becomes of the pods after the change: pulled, failing again in the same way, or otherwise.
import type { PodStory } from "../../src/protocol/report.ts";
import { kindOf } from "../classify/classify.ts";
import type { Watched } from "./evict.ts";
import type { Result } from "../ports/result.ts";
import type { World } from "../ports/world.ts";
import type { PodNow, PullMessage } from "../ports/cluster.ts";

/**
 * Looks again until every pod has its image, or the time is up. A pod counts as helped if it was
 * pulled after the change: the replacement of a restarted pod, or the same pod where none was
 * restarted.
 */
export async function watchPods(watched: readonly Watched[], world: World): Promise<PodStory[]> {
  const { clock, policy, cluster } = world;
  const start = clock.now();
  const end = start + policy.watchMs;
  // An attempt that began before the change may still fail for its client's whole time-out.
  const judgeFailuresFrom = start + policy.watchMs / 6;
  // A failure that one of them tells of until then began before the change.
  const oldFailures = new Map(watched.map(({ pod }) => [pod.uid, newestFailure(pod.containers)]));
  let attemptsMayBeOld = true;
  const namespaces = [...new Set(watched.map(({ pod }) => pod.namespace))];
  const only = watched.map(({ pod }) => pod);
  for (let looks = 1; ; looks++) {
    const isLast = clock.now() + policy.watchEveryMs > end;
    const now =
      watched.length === 0
        ? nobody
        : await (isLast || looks % WIDE_EVERY === 0
            ? cluster.podsNow(namespaces)
            : cluster.podsNow(namespaces, only));
    if (now.ok && attemptsMayBeOld) {
      for (const { uid, waiting } of now.value)
        if (oldFailures.has(uid)) oldFailures.set(uid, newestFailure(waiting));
      attemptsMayBeOld = clock.now() < start + policy.clientAttemptMs;
    }
    const stories = becomings(watched, now, oldFailures);
    const well = stories.every(({ became }) => became === "pulled");
    world.lease.waits(watchedInWords(stories), end - clock.now());
    const settled = stories.every(({ became }) => became !== "unknown");
    if (well || (settled && clock.now() >= judgeFailuresFrom)) return stories;
    if (clock.now() + policy.watchEveryMs > end || world.lease.cancelled()) return stories;
    await clock.sleep(policy.watchEveryMs);
  }
}

/** `5 pods to pull, 3 have`. */
function watchedInWords(stories: readonly PodStory[]): string {
  const pulled = stories.filter(({ became }) => became === "pulled").length;
  return `${stories.length} ${stories.length === 1 ? "pod" : "pods"} to pull, ${pulled} pulled`;
}

/** A rollout's other ReplicaSet shows in whole namespaces only; those cost much, so they are rare. */
const WIDE_EVERY = 4;

const nobody: Result<readonly PodNow[]> = { ok: true, value: [] };

function becomings(
  watched: readonly Watched[],
  now: Result<readonly PodNow[]>,
  oldFailures: ReadonlyMap<string, number>,
): PodStory[] {
  if (!now.ok)
    return watched.map(({ story }) => ({ ...story, became: "unknown", detail: now.error.message }));
  const taken = new Set<string>();
  return watched.map((one) => {
    const free = now.value.filter(({ uid }) => !taken.has(uid));
    const next = itselfIn(now.value, one) ?? successorOf(one, watched, free);
    if (next === null) return { ...one.story, became: "unknown" };
    taken.add(next.uid);
    return { ...one.story, ...becameOf(one, next, oldFailures.get(next.uid)) };
  });
}

/** When one of them was last seen to fail, by the API server's clock; -Infinity: nobody says. */
function newestFailure(containers: PodNow["waiting"]): number {
  const times = containers.flatMap(({ messages }) => messages.map(({ lastAt }) => lastAt));
  return Math.max(-Infinity, ...times.filter((at) => at !== null));
}

/** The pod itself, where it was not restarted and is still there. */
function itselfIn(pods: readonly PodNow[], { pod, story }: Watched): PodNow | null {
  if (["evicted", "deleted", "already-replaced"].includes(story.restarted ?? "")) return null;
  return pods.find(({ uid, terminating }) => uid === pod.uid && !terminating) ?? null;
}

/**
 * One of the pods that its Deployment or owner made since the first restart of its pods, and that
 * nobody else succeeded to. Creation times have whole seconds.
 */
function successorOf(
  one: Watched,
  watched: readonly Watched[],
  free: readonly PodNow[],
): PodNow | null {
  const siblings = watched.filter(({ pod }) => sameWorkload(pod, one.pod));
  const since = Math.floor(Math.min(...siblings.map(({ serverAt }) => serverAt)) / 1000) * 1000;
  const heirs = free
    .filter((pod) => sameWorkload(pod, one.pod) && pod.uid !== one.pod.uid)
    .filter(({ createdAt, terminating }) => createdAt >= since && !terminating);
  return heirs.toSorted((a, b) => Number(b.pulled) - Number(a.pulled))[0] ?? null;
}

type Owned = Pick<PodNow, "namespace" | "owner">;

/** A rollout gives a Deployment another ReplicaSet: then the Deployment's name tells. */
function sameWorkload(a: Owned, b: Owned): boolean {
  if (a.owner === null || b.owner === null || a.namespace !== b.namespace) return false;
  if (a.owner.uid === b.owner.uid) return true;
  return a.owner.deployment !== undefined && a.owner.deployment === b.owner.deployment;
}

/**
 * A failure that began before the change says nothing about it: one of the pod itself that is not
 * newer than `oldFailure`. A successor was made after the change, and so were its failures.
 */
function becameOf(
  one: Watched,
  next: PodNow,
  oldFailure: number = -Infinity,
): Pick<PodStory, "became" | "detail"> {
  if (next.pulled) return { became: "pulled", detail: `${next.name} has its image` };
  const itself = next.uid === one.pod.uid;
  const told = next.waiting
    .flatMap(({ messages }) => messages)
    .filter(({ lastAt }) => !itself || (lastAt !== null && lastAt > oldFailure));
  const cause = told.find(({ label }) => label !== "unknown.no_detail");
  if (cause === undefined) return { became: "unknown" };
  const where = cause.host === null ? "" : ` at ${cause.host}`;
  return {
    became: isSameFailure(one, cause) ? "still-failing" : "other-cause",
    detail: `${next.name} fails with ${cause.label}${where}`,
  };
}

/** The same host and label; where the first text gave no cause, any failure of the path there. */
function isSameFailure({ story, hosts }: Watched, { label, host }: PullMessage): boolean {
  if (host !== null && !hosts.includes(host)) return false;
  return story.label === "unknown.no_detail" ? kindOf(label) === "path" : label === story.label;
}
