// The few fields of a pod that matter here. Everything else a page holds is dropped at once.
import * as z from "zod";
import type { FailingPod, PodOwner } from "../ports/cluster.ts";

/** A time as Kubernetes writes it → ms since the epoch; null if absent or unreadable. */
export const Instant = z
  .string()
  .nullish()
  .transform((text) => {
    const at = text === null || text === undefined ? Number.NaN : Date.parse(text);
    return Number.isNaN(at) ? null : at;
  });

/** Only whether it is there: its fields are dropped. */
const Present = z.object({}).nullish();

const ContainerStatus = z.object({
  name: z.string(),
  image: z.string().nullish(),
  state: z
    .object({
      waiting: z.object({ reason: z.string().nullish(), message: z.string().nullish() }).nullish(),
      running: Present,
      terminated: Present,
    })
    .nullish(),
});
export type ContainerStatus = z.infer<typeof ContainerStatus>;
const Statuses = z
  .array(ContainerStatus)
  .nullish()
  .transform((statuses) => statuses ?? []);

export const Pod = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    resourceVersion: z.string(),
    creationTimestamp: Instant,
    deletionTimestamp: z.string().nullish(),
    labels: z.record(z.string(), z.string()).nullish(),
    annotations: z.record(z.string(), z.string()).nullish(),
    ownerReferences: z
      .array(
        z.object({
          apiVersion: z.string(),
          kind: z.string(),
          name: z.string(),
          uid: z.string(),
          controller: z.boolean().nullish(),
        }),
      )
      .nullish(),
  }),
  spec: z.object({ nodeName: z.string().nullish() }).nullish(),
  status: z
    .object({
      phase: z.string().nullish(),
      startTime: Instant,
      hostIP: z.string().nullish(),
      hostIPs: z.array(z.object({ ip: z.string() })).nullish(),
      initContainerStatuses: Statuses,
      containerStatuses: Statuses,
      ephemeralContainerStatuses: Statuses,
    })
    .nullish(),
});
export type Pod = z.infer<typeof Pod>;

/** The controller that owns the pod; null for a bare one. */
export function ownerOf(pod: Pod): PodOwner | null {
  const owner = (pod.metadata.ownerReferences ?? []).find((one) => one.controller === true);
  if (owner === undefined) return null;
  const { apiVersion, kind, name, uid } = owner;
  const deployment = deploymentOf(pod, name);
  return {
    group: groupOf(apiVersion),
    kind,
    name,
    uid,
    ...(deployment === null ? {} : { deployment }),
  };
}

/** A Deployment names its ReplicaSets after itself and the hash with which it labels their pods. */
function deploymentOf({ metadata }: Pod, owner: string): string | null {
  const end = `-${metadata.labels?.["pod-template-hash"] ?? ""}`;
  return end !== "-" && owner.endsWith(end) ? owner.slice(0, -end.length) : null;
}

/** `apps/v1` → `apps`; the core API (`v1`) has no group. */
function groupOf(apiVersion: string): string {
  const end = apiVersion.indexOf("/");
  return end < 0 ? "" : apiVersion.slice(0, end);
}

/** A static pod's shadow in the API: deleting it touches nothing. */
export function isMirror(pod: Pod): boolean {
  const marked = pod.metadata.annotations?.["kubernetes.io/config.mirror"] !== undefined;
  return marked || ownerOf(pod)?.kind === "Node";
}

export function isTerminating(pod: Pod): boolean {
  return (pod.metadata.deletionTimestamp ?? null) !== null;
}

export function phaseOf(pod: Pod): FailingPod["phase"] {
  const phase = pod.status?.phase;
  return phase === "Pending" || phase === "Running" ? phase : "Unknown";
}

/** hostIPs lists both families; older servers have hostIP only. */
export function nodeAddressesOf(pod: Pod): readonly string[] {
  const all = (pod.status?.hostIPs ?? []).map((one) => one.ip);
  const one = pod.status?.hostIP ?? "";
  return all.length > 0 ? all : one === "" ? [] : [one];
}
