import { randomUUID } from "node:crypto";
import { atSecond, completed, running, waiting } from "./pod.ts";
import type { ContainerStatus, Pod, PullTarget } from "./pod.ts";
import { targetOf, templateHash, type Owner, type Workload } from "./workload.ts";

/** The image of the container that never fails. */
const READY_IMAGE = "registry.k8s.io/pause:3.10";

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
      labels: {
        app: workload.name,
        ...(workload.kind === "Deployment" ? { "pod-template-hash": templateHash(workload) } : {}),
      },
      ...(workload.kind === "mirror"
        ? { annotations: { "kubernetes.io/config.mirror": templateHash(workload) } }
        : {}),
      ...(reference === null ? {} : { ownerReferences: [reference] }),
      ...(finalizers.length === 0 ? {} : { finalizers }),
      ...managedFields(workload.managedBytes),
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

/** What was written by whom: of no use to the agent, and half of what it has to read. */
function managedFields(bytes = 0): Pick<Pod["metadata"], "managedFields"> {
  if (bytes === 0) return {};
  return { managedFields: [{ manager: "kubelet", fieldsV1: { f: ".".repeat(bytes) } }] };
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
