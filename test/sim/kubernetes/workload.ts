import { createHash, randomInt, randomUUID } from "node:crypto";
import { atSecond, completed, type OwnerReference, type Pod, type PullTarget } from "./pod.ts";
import { running, waiting, type ContainerStatus } from "./pod.ts";

export type WorkloadKind = "Deployment" | "DaemonSet" | "StatefulSet" | "Job" | "bare" | "mirror";

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
  /** How many failed pods a Job takes; 6 as in Kubernetes. */
  readonly backoffLimit?: number;
  /** With one of them a deleted pod stays for ever. */
  readonly finalizers?: readonly string[];
  /** The pods look as if they had been failing for so long with this runtime error. */
  readonly failing?: { readonly sinceMs: number; readonly message: string };
};

/** The owner as it stands in the API, made once a workload. */
export type Owner = {
  readonly workload: Workload;
  readonly reference: OwnerReference | null;
  /** Counts a Job's failed pods. */
  jobFailures: number;
};

const ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
const READY_IMAGE = "registry.k8s.io/pause:3.10";

/** Five letters and digits, as the API server appends them to generateName. */
function suffix(): string {
  return Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}

function templateHash(workload: Workload): string {
  const digest = createHash("sha256").update(`${workload.name} ${workload.image}`).digest();
  return [...digest.subarray(0, 9)].map((byte) => ALPHABET[byte % ALPHABET.length]).join("");
}

export function ownerOf(workload: Workload, firstNode: string): Owner {
  return { workload, reference: referenceOf(workload, firstNode), jobFailures: 0 };
}

function referenceOf(workload: Workload, firstNode: string): OwnerReference | null {
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

type NewPod = {
  readonly owner: Owner;
  readonly name: string;
  readonly node: string;
  readonly addresses: readonly string[];
  readonly createdAt: number;
};

/** A pod that was just bound to its node; nothing is pulled yet. */
export function newPod(created: NewPod): Pod {
  const { owner, name, node, addresses } = created;
  const { workload, reference } = owner;
  const generated = workload.kind === "bare" || workload.kind === "mirror" ? undefined : name;
  const finalizers = [
    ...(workload.kind === "Job" ? ["batch.kubernetes.io/job-tracking"] : []),
    ...(workload.finalizers ?? []),
  ];
  const target = targetOf(workload);
  return {
    metadata: {
      name,
      ...(generated === undefined ? {} : { generateName: generated.replace(/[^-]*$/, "") }),
      namespace: workload.namespace,
      uid: randomUUID(),
      resourceVersion: "0",
      generation: 1,
      creationTimestamp: atSecond(created.createdAt),
      labels: { app: workload.name },
      ...(workload.kind === "mirror"
        ? { annotations: { "kubernetes.io/config.mirror": templateHash(workload) } }
        : {}),
      ...(reference === null ? {} : { ownerReferences: [reference] }),
      ...(finalizers.length === 0 ? {} : { finalizers }),
    },
    spec: specOf(workload, target, node),
    status: {
      phase: target.kind === "ephemeral" || target.container === "sidecar" ? "Running" : "Pending",
      conditions: [
        {
          type: "PodScheduled",
          status: "True",
          lastProbeTime: null,
          lastTransitionTime: atSecond(created.createdAt),
        },
      ],
      hostIP: addresses[0] ?? "",
      hostIPs: addresses.map((ip) => ({ ip })),
      startTime: atSecond(created.createdAt),
      ...statusesOf(
        workload,
        target,
        waiting(target.container, target.image, "ContainerCreating"),
        created.createdAt,
      ),
      qosClass: "BestEffort",
    },
  };
}

function specOf(workload: Workload, target: PullTarget, node: string): Pod["spec"] {
  const pulled = { name: target.container, image: target.image, imagePullPolicy: "IfNotPresent" };
  const own = { name: workload.name, image: READY_IMAGE, imagePullPolicy: "IfNotPresent" };
  const beside = target.kind !== "container" || target.container === "sidecar" ? [own] : [];
  return {
    ...(target.kind === "init" ? { initContainers: [pulled] } : {}),
    ...(target.kind === "ephemeral" ? { ephemeralContainers: [pulled] } : {}),
    containers: target.kind === "container" ? [...beside, pulled] : beside,
    restartPolicy: workload.kind === "Job" ? "Never" : "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    serviceAccountName: "default",
    nodeName: node,
    schedulerName: "default-scheduler",
  };
}

/** The three status arrays when the container that is pulled for has this status. */
export function statusesOf(
  workload: Workload,
  target: PullTarget,
  pulled: ContainerStatus,
  atMs: number,
): Pick<
  Pod["status"],
  "initContainerStatuses" | "containerStatuses" | "ephemeralContainerStatuses"
> {
  const own = running(workload.name, READY_IMAGE, atMs);
  if (target.kind === "ephemeral")
    return { containerStatuses: [own], ephemeralContainerStatuses: [pulled] };
  if (target.kind === "init")
    return pulled.ready
      ? {
          initContainerStatuses: [completed(pulled.name, pulled.image, atMs)],
          containerStatuses: [own],
        }
      : {
          initContainerStatuses: [pulled],
          containerStatuses: [waiting(workload.name, READY_IMAGE, "PodInitializing")],
        };
  return { containerStatuses: target.container === "sidecar" ? [own, pulled] : [pulled] };
}
