// Which failing pods get a restart, and why the others are left alone (docs/design.md section 7). Pure.
import { inSeconds } from "../../src/shown/duration.ts";
import type { PodStory } from "../../src/protocol/report.ts";
import type { Quota } from "../../src/protocol/round.ts";
import { casesOf, type Case } from "../diagnosis/cases.ts";
import type { FailingPod } from "../ports/cluster.ts";
import type { Policy } from "../ports/policy.ts";
import type { RestartMemory } from "../ports/world.ts";

/** Kubernetes' own controllers of the group `apps`: a kind of the same name may replace nothing. */
const REPLACING_GROUP = "apps";
const REPLACING_KINDS = ["ReplicaSet", "StatefulSet", "DaemonSet"];

export type Choice = {
  readonly cases: readonly Case[];
  /** Hosts whose path was fixed, or is healthy now. */
  readonly goodHosts: readonly string[];
  readonly quota: Quota;
  readonly memory: RestartMemory;
  /** When an earlier attempt of this job announced restarts, ms; null if none did. */
  readonly restartsAt: number | null;
  readonly now: number;
  /** The API server's clock, by which pods are made and fail, ms since the epoch. */
  readonly serverNow: number;
};

/** Why a pod is left alone that would have been restarted otherwise. */
export const MOST_REACHED = "the most restarts of one job, or the pull quota, is reached";

/** One story a failing pod, oldest failure first; at most `maxPods`, and no more than the quota. */
export function chooseRestarts(choice: Choice, policy: Policy): PodStory[] {
  const stories: PodStory[] = [];
  let room = Math.min(policy.maxPods, choice.quota.state === "left" ? choice.quota.left : Infinity);
  for (const cases of byPod(choice.cases)) {
    const against = reasonToLeave(cases, choice, policy);
    const full = against === null && room <= 0;
    const why = full ? MOST_REACHED : against;
    if (why === null) room -= 1;
    stories.push(storyOf(cases, why));
  }
  return stories;
}

/** Why the pod, as it was read again right before its restart, is left after all; null: it is not. */
export function reasonToLeaveNow(
  pod: FailingPod,
  goodHosts: readonly string[],
  policy: Policy,
): string | null {
  return leaveForItsCause(casesOf([pod]), { goodHosts }) ?? leaveForItsPlace(pod, policy);
}

function byPod(cases: readonly Case[]): Case[][] {
  const pods = Map.groupBy(cases, ({ pod }) => pod.uid);
  return [...pods.values()].toSorted((a, b) => failingSince(a) - failingSince(b));
}

function failingSince(cases: readonly Case[]): number {
  return cases[0]?.pod.failingSince ?? 0;
}

/** The container that decides for its pod: a text that only a person can mend, else the first. */
function leading(cases: readonly Case[]): Case | undefined {
  return cases.find(({ kind }) => kind === "text-decides") ?? cases[0];
}

function storyOf(cases: readonly Case[], why: string | null): PodStory {
  const one = leading(cases);
  const pod = one?.pod;
  return {
    namespace: pod?.namespace ?? "",
    name: pod?.name ?? "",
    uid: pod?.uid ?? "",
    node: pod?.node ?? null,
    owner: pod?.owner ? `${pod.owner.kind}/${pod.owner.name}` : null,
    image: one?.container.image ?? "",
    host: one?.hosts[0] ?? null,
    label: one?.label ?? "unknown.no_detail",
    decision: why === null ? "restart" : "leave",
    why: why ?? "it fails now, at a host that works again",
    retriesAt: pod?.retriesAt ?? null,
  };
}

function reasonToLeave(cases: readonly Case[], choice: Choice, policy: Policy): string | null {
  const [first] = cases;
  if (first === undefined) return "it has no waiting container";
  return (
    leaveForItsCause(cases, choice) ??
    leaveForItsPlace(first.pod, policy) ??
    leaveForItsAge(first, choice, policy)
  );
}

function leaveForItsCause(
  cases: readonly Case[],
  { goodHosts }: Pick<Choice, "goodHosts">,
): string | null {
  const text = cases.find(({ kind }) => kind === "text-decides");
  if (text !== undefined) return `its message says ${text.label}: a person must mend that`;
  if (cases.some(({ label }) => label === "registry.rate_limited"))
    return "its registry said 429: a restart would spend the allowance again; it retries by itself";
  const waiting = cases.find(({ hosts }) => !hosts.every((host) => goodHosts.includes(host)));
  if (waiting !== undefined) return `${waiting.hosts.join(" or ")} was not fixed`;
  if (cases.every(({ container }) => container.kind === "ephemeral"))
    return "only an ephemeral container waits: a restart would end the pod's work";
  return null;
}

function leaveForItsPlace(pod: Case["pod"], policy: Policy): string | null {
  if (pod.uid === policy.ownPodUid) return "it is the agent itself";
  if (pod.terminating) return "it is terminating already";
  if (pod.mirror) return "it is a static pod; only its node can restart it";
  const { namespaces, deniedNamespaces } = policy;
  const allowed = namespaces.length === 0 || namespaces.includes(pod.namespace);
  if (!allowed || deniedNamespaces.includes(pod.namespace))
    return `the namespace ${pod.namespace} is not allowed`;
  if (pod.owner === null) return "it is a bare pod: nobody would replace it; it retries by itself";
  const { group, kind } = pod.owner;
  if (group !== REPLACING_GROUP || !REPLACING_KINDS.includes(kind))
    return `its owner is a ${kind} of ${group === "" ? "the core API" : group}; it retries by itself`;
  if (pod.phase === "Running" && !policy.allowRunning)
    return "other containers of it run (RESTART_RUNNING=yes allows that)";
  return pod.phase === "Unknown" ? "its phase is unknown" : null;
}

function leaveForItsAge({ pod, registry }: Case, choice: Choice, policy: Policy): string | null {
  const failingMs = choice.serverNow - pod.failingSince;
  if (failingMs < policy.failingForMs)
    return `it fails for ${inSeconds(failingMs)} only and retries by itself soon`;
  // Creation times have whole seconds.
  if (choice.restartsAt !== null && pod.createdAt >= Math.floor(choice.restartsAt / 1000) * 1000)
    return "an earlier attempt of this job made it by a restart";
  const last = choice.memory.lastRestart(pod.owner?.uid ?? "", registry);
  if (last !== null && choice.now - last < policy.restartAgainMs)
    return `its owner was restarted for ${registry} at ${new Date(last).toISOString()}`;
  return null;
}
