// What becomes of the pods after the change: pulled, failing again in the same way, or otherwise.
import type { PodStory } from "../../src/protocol/report.ts";
import { kindOf } from "../classify/classify.ts";
import type { Watched } from "./evict.ts";
import type { Policy } from "../ports/policy.ts";
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
  const namespaces = [...new Set(watched.map(({ pod }) => pod.namespace))];
  for (;;) {
    const now = watched.length === 0 ? nobody : await cluster.podsNow(namespaces);
    const stories = becomings(watched, now, policy);
    const well = stories.every(({ became }) => became === "pulled");
    const settled = stories.every(({ became }) => became !== "unknown");
    if (well || (settled && clock.now() >= judgeFailuresFrom)) return stories;
    if (clock.now() + policy.watchEveryMs > end || world.lease.cancelled()) return stories;
    await clock.sleep(policy.watchEveryMs);
  }
}

const nobody: Result<readonly PodNow[]> = { ok: true, value: [] };

function becomings(
  watched: readonly Watched[],
  now: Result<readonly PodNow[]>,
  policy: Policy,
): PodStory[] {
  if (!now.ok)
    return watched.map(({ story }) => ({ ...story, became: "unknown", detail: now.error.message }));
  const taken = new Set<string>();
  return watched.map((one) => {
    const next = successorOf(one, watched, now.value, taken);
    if (next === null) return { ...one.story, became: "unknown" };
    taken.add(next.uid);
    return { ...one.story, ...becameOf(one, next, policy) };
  });
}

/**
 * One of the pods that the owner made since the first restart of its pods. Several restarts of one
 * owner share their successors; creation times have whole seconds.
 */
function successorOf(
  one: Watched,
  watched: readonly Watched[],
  pods: readonly PodNow[],
  taken: ReadonlySet<string>,
): PodNow | null {
  const { restarted } = one.story;
  const itself = pods.find(({ uid }) => uid === one.pod.uid) ?? null;
  if (restarted === undefined || restarted === "blocked-by-budget") return itself;
  if (restarted === "failed" && itself !== null && !itself.terminating) return itself;
  const siblings = watched.filter(({ pod }) => pod.owner?.uid === one.pod.owner?.uid);
  const since = Math.floor(Math.min(...siblings.map(({ at }) => at)) / 1000) * 1000;
  const heirs = pods
    .filter(({ owner, uid }) => owner?.uid === one.pod.owner?.uid && uid !== one.pod.uid)
    .filter(
      ({ createdAt, uid, terminating }) => createdAt >= since && !terminating && !taken.has(uid),
    );
  return heirs.toSorted((a, b) => Number(b.pulled) - Number(a.pulled))[0] ?? null;
}

/** A failure that began before the change says nothing about it. */
function becameOf(one: Watched, next: PodNow, policy: Policy): Pick<PodStory, "became" | "detail"> {
  if (next.pulled) return { became: "pulled", detail: `${next.name} has its image` };
  const itself = next.uid === one.pod.uid;
  const from = itself ? one.at + policy.clientAttemptMs : one.at;
  const told = next.waiting
    .flatMap(({ messages }) => messages)
    .filter(({ lastAt, from: source }) =>
      lastAt === null ? source === "waiting" && !itself : lastAt >= from,
    );
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
