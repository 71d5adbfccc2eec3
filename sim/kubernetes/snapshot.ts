import type { ContainerStatus, Pod } from "./pod.ts";

/** One pod in a line, for a test or a picture. */
export type PodSnapshot = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly owner: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
  } | null;
  readonly phase: Pod["status"]["phase"];
  readonly ready: boolean;
  readonly terminating: boolean;
  readonly createdAt: number;
  /** Why its first waiting container waits; null if none does. */
  readonly reason: string | null;
  readonly message: string | null;
};

export function snapshotOf(pod: Pod): PodSnapshot {
  const { metadata, status } = pod;
  const owner = metadata.ownerReferences?.[0];
  const waits = [
    ...(status.initContainerStatuses ?? []),
    ...status.containerStatuses,
    ...(status.ephemeralContainerStatuses ?? []),
  ].flatMap(waitingOf);
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
    node: pod.spec.nodeName,
    owner:
      owner === undefined
        ? null
        : { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.name },
    phase: status.phase,
    ready: status.containerStatuses.every((one) => one.ready),
    terminating: metadata.deletionTimestamp !== undefined,
    createdAt: Date.parse(metadata.creationTimestamp),
    reason: waits[0]?.reason ?? null,
    message: waits[0]?.message ?? null,
  };
}

function waitingOf(status: ContainerStatus): { reason?: string; message?: string }[] {
  const { waiting } = status.state as { waiting?: { reason?: string; message?: string } };
  return waiting === undefined ? [] : [waiting];
}
