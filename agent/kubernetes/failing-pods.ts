import type { FailingPod, PodNow, PullMessage, WaitingContainer } from "../ports/cluster.ts";
import { retriesAt } from "./back-off.ts";
import { isMirror, isTerminating, nodeAddressesOf, ownerOf, phaseOf, type Pod } from "./pod.ts";
import { pullsOf, type FailedPulls } from "./pull-events.ts";
import type { TextReader } from "./texts.ts";
import { hasImages, waitingContainers, type Waiting } from "./waiting.ts";

/** A pod as one list shows it, before its events are known. */
export type SeenPod = Omit<FailingPod, "containers" | "failingSince" | "retriesAt"> & {
  readonly startedAt: number;
  readonly pulled: boolean;
  readonly containers: readonly Waiting[];
};

export function seenPod(pod: Pod, read: TextReader): SeenPod {
  const createdAt = pod.metadata.creationTimestamp ?? 0;
  return {
    namespace: pod.metadata.namespace,
    name: pod.metadata.name,
    uid: pod.metadata.uid,
    node: pod.spec?.nodeName ?? null,
    nodeAddresses: nodeAddressesOf(pod),
    owner: ownerOf(pod),
    phase: phaseOf(pod),
    createdAt,
    startedAt: pod.status?.startTime ?? createdAt,
    terminating: isTerminating(pod),
    mirror: isMirror(pod),
    pulled: hasImages(pod),
    containers: waitingContainers(pod, read),
  };
}

/** The pod with what the events tell: the causes, since when, and when it tries again. */
export function failingPod(seen: SeenPod, pulls: FailedPulls, now: number): FailingPod {
  const { startedAt, pulled: _, ...pod } = seen;
  const failures = seen.containers.flatMap(
    (container) => pullsOf(pulls, seen.uid, container) ?? [],
  );
  const firsts = failures.flatMap(({ firstAt }) => firstAt ?? []);
  const retries = failures.flatMap((one) => retriesAt(one, now) ?? []);
  return {
    ...pod,
    failingSince: firsts.length === 0 ? startedAt : Math.min(...firsts),
    retriesAt: retries.length === 0 ? null : Math.min(...retries),
    containers: seen.containers.map((container) => withMessages(container, seen.uid, pulls)),
  };
}

export function podNow(seen: SeenPod, pulls: FailedPulls): PodNow {
  const { namespace, name, uid, createdAt, owner, terminating, pulled } = seen;
  const waiting = seen.containers.map((container) => withMessages(container, uid, pulls));
  return { namespace, name, uid, createdAt, owner, terminating, pulled, waiting };
}

/** The waiting message first, as it is the present one; without a cause only if events have none. */
function withMessages(container: Waiting, uid: string, pulls: FailedPulls): WaitingContainer {
  const { said, detailed, ...named } = container;
  const events = pullsOf(pulls, uid, container);
  const now: PullMessage = { ...said, firstAt: null, lastAt: null, from: "waiting" };
  if (events === undefined) return { ...named, messages: [now] };
  return detailed
    ? { ...named, messages: [now, ...events.messages] }
    : { ...named, text: events.text, messages: events.messages };
}
