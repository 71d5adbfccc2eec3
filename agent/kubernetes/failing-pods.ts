import type { FailingPod, PodNow, PullMessage, WaitingContainer } from "../ports/cluster.ts";
import { retriesAt } from "./back-off.ts";
import { isMirror, isTerminating, nodeAddressesOf, ownerOf, phaseOf, type Pod } from "./pod.ts";
import { failuresOf, type FailedPulls } from "./pull-events.ts";
import { hasImages, waitingContainers, type Waiting } from "./waiting.ts";

/** A pod as one list shows it, before its events are known. */
export type SeenPod = Omit<FailingPod, "containers" | "failingSince" | "retriesAt"> & {
  readonly startedAt: number;
  readonly pulled: boolean;
  readonly containers: readonly Waiting[];
};

export function seenPod(pod: Pod): SeenPod {
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
    containers: waitingContainers(pod),
  };
}

/** The pod with what the events tell: the causes, since when, and when it tries again. */
export function failingPod(seen: SeenPod, pulls: FailedPulls, now: number): FailingPod {
  const { startedAt, pulled: _, ...pod } = seen;
  const failures = seen.containers.map((container) => failuresOf(pulls, seen.uid, container));
  const firsts = failures.flat().flatMap(({ firstAt }) => (firstAt === null ? [] : [firstAt]));
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
  const { text, detailed, ...named } = container;
  const events = failuresOf(pulls, uid, container).map(
    ({ text: cause, firstAt, lastAt, from }): PullMessage => ({
      text: cause,
      firstAt,
      lastAt,
      from,
    }),
  );
  const now: PullMessage = { text, firstAt: null, lastAt: null, from: "waiting" };
  return { ...named, messages: detailed || events.length === 0 ? [now, ...events] : events };
}
