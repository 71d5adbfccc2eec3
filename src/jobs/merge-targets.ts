import type { Target } from "./signal.ts";

/**
 * One target a pod: alerts for other containers or reasons of it are joined, in order. Two uids are
 * two pods; an alert without a uid belongs to the pod of that name that is already known.
 */
export function mergeTargets(targets: readonly Target[]): Target[] {
  const byName = new Map<string, Map<string, Target>>();
  for (const target of targets) {
    const name = `${target.namespace}/${target.pod}`;
    const pods = byName.get(name) ?? new Map<string, Target>();
    byName.set(name, pods);
    const known = target.uid === null ? first(pods) : (pods.get(target.uid) ?? pods.get(""));
    const joined = known === undefined ? target : join(known, target);
    // A pod without a uid is the only one of its name: the next alert is its own.
    if (joined.uid !== null) pods.delete("");
    pods.set(joined.uid ?? "", joined);
  }
  return [...byName.values()].flatMap((pods) => [...pods.values()]);
}

function first(pods: ReadonlyMap<string, Target>): Target | undefined {
  for (const target of pods.values()) return target;
  return undefined;
}

function join(known: Target, next: Target): Target {
  return {
    ...known,
    uid: known.uid ?? next.uid,
    container: known.container ?? next.container,
    reason: known.reason ?? next.reason,
    episode: known.episode ?? next.episode,
    unverified: known.unverified && next.unverified,
  };
}
