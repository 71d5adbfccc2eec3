// Restarting the chosen pods, a few a second, and watching what becomes of them.
import type { PodStory } from "../src/protocol/report.ts";
import { classify } from "./classify.ts";
import type { Journal } from "./journal.ts";
import type { FailingPod, PodNow, Result, World } from "./world.ts";

export type Restarted = { readonly story: PodStory; readonly pod: FailingPod; readonly at: number };

/** Restarts in order, at most `restartsPerSecond`. Stops when a person cancels the job. */
export async function restartPods(
  chosen: readonly { readonly story: PodStory; readonly pod: FailingPod }[],
  world: World,
  journal: Journal,
): Promise<Restarted[]> {
  const { clock, cluster, policy, memory } = world;
  const done: Restarted[] = [];
  const gapMs = Math.ceil(1000 / policy.restartsPerSecond);
  for (const { story, pod } of chosen) {
    if (world.lease.cancelled()) break;
    if (done.length > 0) await clock.sleep(gapMs);
    const at = clock.now();
    const { restarted, detail } = await cluster.restart(pod, policy.method);
    const ok = restarted === "evicted" || restarted === "deleted";
    const what = policy.method === "evict" ? "evict pod" : "delete pod";
    const on = `${pod.namespace}/${pod.name}`;
    journal.actions.push({
      at,
      ms: clock.now() - at,
      what,
      on,
      ok,
      detail: `${restarted}: ${detail}`,
    });
    if (ok && pod.owner !== null && story.host !== null)
      memory.remember(pod.owner.uid, story.host, at);
    done.push({ story: { ...story, restarted, detail }, pod, at });
  }
  return done;
}

/**
 * Looks again until every pod has its image, or the time is up. A pod counts as helped if it was
 * pulled after the change: the replacement of a restarted pod, or the same pod where none was
 * restarted.
 */
export async function watchPods(watched: readonly Restarted[], world: World): Promise<PodStory[]> {
  const { clock, policy, cluster } = world;
  const start = clock.now();
  const end = start + policy.watchMs;
  // An attempt that began before the change may still fail for its client's whole time-out.
  const judgeFailuresFrom = start + policy.watchMs / 6;
  const namespaces = [...new Set(watched.map(({ pod }) => pod.namespace))];
  for (;;) {
    const now = await cluster.podsNow(namespaces);
    const stories = becomings(watched, now);
    const well = stories.every(({ became }) => became === "pulled");
    const settled = stories.every(({ became }) => became !== "unknown");
    if (well || (settled && clock.now() >= judgeFailuresFrom)) return stories;
    if (clock.now() + policy.watchEveryMs > end || world.lease.cancelled()) return stories;
    await clock.sleep(policy.watchEveryMs);
  }
}

function becomings(watched: readonly Restarted[], now: Result<readonly PodNow[]>): PodStory[] {
  if (!now.ok)
    return watched.map(({ story }) => ({ ...story, became: "unknown", detail: now.error.message }));
  const taken = new Set<string>();
  return watched.map((one) => {
    const next = successorOf(one, watched, now.value, taken);
    if (next === null) return { ...one.story, became: "unknown" };
    taken.add(next.uid);
    return { ...one.story, ...becameOf(one, next) };
  });
}

/**
 * One of the pods that the owner made since the first restart of its pods. Several restarts of one
 * owner share their successors; creation times have whole seconds.
 */
function successorOf(
  one: Restarted,
  watched: readonly Restarted[],
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
function becameOf(one: Restarted, next: PodNow): Pick<PodStory, "became" | "detail"> {
  if (next.pulled) return { became: "pulled", detail: `${next.name} has its image` };
  const told = next.waiting
    .flatMap(({ messages }) => messages)
    .filter(({ lastAt, from }) => (lastAt === null ? from === "waiting" : lastAt >= one.at));
  const causes = told
    .map(({ text }) => classify(text))
    .filter((c) => c.label !== "unknown.no_detail");
  const cause = causes[0];
  if (cause === undefined || next.uid === one.pod.uid) return { became: "unknown" };
  const same = cause.label === one.story.label;
  return {
    became: same ? "still-failing" : "other-cause",
    detail: `${next.name} fails with ${cause.label}${cause.host === null ? "" : ` at ${cause.host}`}`,
  };
}
