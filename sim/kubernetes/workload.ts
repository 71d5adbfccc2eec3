import { createHash, randomInt, randomUUID } from "node:crypto";
import type { OwnerReference, PullTarget } from "./pod.ts";

type WorkloadKind = "Deployment" | "DaemonSet" | "StatefulSet" | "Job" | "bare" | "mirror";

export type Workload = {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
  readonly image: string;
  /** Default 1; a DaemonSet has one pod a node. */
  readonly replicas?: number;
  /** Pods are dealt over these in turn. Default: all nodes for a DaemonSet, else the first. */
  readonly nodes?: readonly string[];
  /** `container` if left out. `sidecar`: beside a container that runs, so the phase is Running. */
  readonly pulls?: "container" | "init" | "sidecar" | "ephemeral";
  /** The owner's API version where it is not Kubernetes' own: then nobody replaces its pods. */
  readonly ownerApiVersion?: string;
  /** How many failed pods a Job takes; 6 as in Kubernetes. */
  readonly backoffLimit?: number;
  /** With one of them a deleted pod stays for ever. */
  readonly finalizers?: readonly string[];
  /** The pods look as if they had been failing for so long with this runtime error. */
  readonly failing?: {
    readonly sinceMs: number;
    readonly message: string;
    /** Other errors of earlier pulls: one event each, oldest first. */
    readonly earlier?: readonly string[];
  };
  /** So many bytes more of each pod's managed fields; on a real cluster they are half of a pod. */
  readonly managedBytes?: number;
};

/** The owner as it stands in the API, made once a workload. */
export type Owner = {
  readonly workload: Workload;
  readonly reference: OwnerReference | null;
  /** Counts a Job's failed pods. */
  jobFailures: number;
  /** Who makes its pods since a rollout. */
  rolledOut: Owner | null;
};

const ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

/** Five letters and digits, as the API server appends them to generateName. */
function suffix(): string {
  return Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}

/** The hash that a ReplicaSet's name ends with; the same for the same template. */
export function templateHash(workload: Workload): string {
  const digest = createHash("sha256").update(`${workload.name} ${workload.image}`).digest();
  return [...digest.subarray(0, 9)].map((byte) => ALPHABET[byte % ALPHABET.length]).join("");
}

export function ownerOf(workload: Workload, firstNode: string): Owner {
  return {
    workload,
    reference: referenceOf(workload, firstNode),
    jobFailures: 0,
    rolledOut: null,
  };
}

function referenceOf(workload: Workload, firstNode: string): OwnerReference | null {
  const own = kubernetesOwn(workload, firstNode);
  const { ownerApiVersion: apiVersion } = workload;
  return own === null || apiVersion === undefined ? own : { ...own, apiVersion };
}

function kubernetesOwn(workload: Workload, firstNode: string): OwnerReference | null {
  const uid = randomUUID();
  const full = { uid, controller: true, blockOwnerDeletion: true } as const;
  switch (workload.kind) {
    case "Deployment": {
      const name = `${workload.name}-${templateHash(workload)}`;
      return { apiVersion: "apps/v1", kind: "ReplicaSet", name, ...full };
    }
    case "DaemonSet":
    case "StatefulSet":
      return { apiVersion: "apps/v1", kind: workload.kind, name: workload.name, ...full };
    case "Job":
      return { apiVersion: "batch/v1", kind: "Job", name: workload.name, ...full };
    case "mirror":
      return { apiVersion: "v1", kind: "Node", name: firstNode, uid, controller: true };
    case "bare":
      return null;
  }
}

/** What a new pod is called: only StatefulSet, bare and mirror pods keep their names. */
export function podName(owner: Owner, index: number, node: string): string {
  const { kind, name } = owner.workload;
  switch (kind) {
    case "Deployment":
      return `${owner.reference?.name ?? name}-${suffix()}`;
    case "DaemonSet":
    case "Job":
      return `${name}-${suffix()}`;
    case "StatefulSet":
      return `${name}-${index}`;
    case "mirror":
      return `${name}-${node}`;
    case "bare":
      return (owner.workload.replicas ?? 1) > 1 ? `${name}-${index}` : name;
  }
}

export function targetOf(workload: Workload): PullTarget {
  const { image, name } = workload;
  switch (workload.pulls ?? "container") {
    case "container":
      return { container: name, kind: "container", image };
    case "init":
      return { container: `init-${name}`, kind: "init", image };
    case "sidecar":
      return { container: "sidecar", kind: "container", image };
    case "ephemeral":
      return { container: "debugger", kind: "ephemeral", image };
  }
}
