// The cluster as the core needs it; agent/kubernetes is the adapter.
import type { Said } from "../classify/pull-message.ts";
import type { Result } from "./result.ts";

export type PodOwner = {
  /** The API group without its version; empty for the core API. */
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  /** Of a ReplicaSet: the name of the Deployment that owns it; a rollout makes another ReplicaSet. */
  readonly deployment?: string;
};

/** What the kubelet (or the runtime through it) says about why a pull failed. */
export type PullMessage = Said & {
  /** First and last time it was seen, ms since the epoch; null where Kubernetes does not say. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  readonly from: "waiting" | "event";
};

export type WaitingContainer = {
  readonly name: string;
  readonly kind: "container" | "init" | "ephemeral";
  readonly image: string;
  /** ErrImagePull, ImagePullBackOff, RegistryUnavailable, InvalidImageName, … */
  readonly reason: string;
  /** For people: the two ends of the newest text that names a cause; else what the status says. */
  readonly text: string;
  /** Newest first: the waiting message, then the newest different failures that events tell of. */
  readonly messages: readonly PullMessage[];
};

/** A pod with at least one container that waits for its image. */
export type FailingPod = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly node: string | null;
  /** Addresses of the pod's node as the pod's status lists them; empty if it does not. */
  readonly nodeAddresses: readonly string[];
  readonly owner: PodOwner | null;
  readonly phase: "Pending" | "Running" | "Unknown";
  readonly createdAt: number;
  /** Since when pulls fail: the oldest failure seen, else the pod's start. */
  readonly failingSince: number;
  /** When the kubelet tries again by itself, as far as the events tell. */
  readonly retriesAt: number | null;
  readonly terminating: boolean;
  readonly mirror: boolean;
  readonly containers: readonly WaitingContainer[];
};

export type RestartTarget = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** An earlier request for it may have been carried out: if it is gone now, that was ours. */
  readonly mayBeOurs?: boolean;
};

export type RestartResult = {
  /** `left`: it needs no restart any more, or something speaks against one now. */
  readonly restarted:
    | "evicted"
    | "deleted"
    | "already-replaced"
    | "blocked-by-budget"
    | "failed"
    | "left";
  readonly detail: string;
  /** It failed, and may not fail again. `maybe-done`: this try may have been carried out. */
  readonly again?: "not-done" | "maybe-done";
};

/** What a pod's owner runs now, for the watch after a restart. */
export type PodNow = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly createdAt: number;
  readonly owner: PodOwner | null;
  readonly terminating: boolean;
  /** True if each container has its image (none waits for a pull or to be created). */
  readonly pulled: boolean;
  readonly waiting: readonly WaitingContainer[];
};

export type PodToFind = Pick<FailingPod, "namespace" | "name" | "node" | "owner">;

export interface Cluster {
  /**
   * The API server's clock now, by its newest answer, ms since the epoch; null before any. Only this one
   * may be compared with the times of pods and events.
   */
  serverTime(): number | null;
  /** All pods whose images cannot be pulled, in the namespaces that the agent can see. */
  failingPods(): Promise<Result<readonly FailingPod[]>>;
  /**
   * Evicts (or deletes, where the policy says so) exactly the pod with this uid, in a state that was
   * just read: it still fails then, and `reasonToLeave` has nothing against it.
   */
  restart(
    pod: RestartTarget,
    method: "evict" | "delete",
    reasonToLeave: (now: FailingPod) => string | null,
  ): Promise<RestartResult>;
  /**
   * The pods of these namespaces as they are now; with `only`, at least these pods and what their owners
   * make in their place, which costs far less. A rollout's other ReplicaSet shows without `only` alone.
   */
  podsNow(
    namespaces: readonly string[],
    only?: readonly PodToFind[],
  ): Promise<Result<readonly PodNow[]>>;
}
