// A pod as the API shows it, and the status texts of the kubelet. Values are never changed in
// place, so that a list that is being paged stays as it was.

export type OwnerReference = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller: true;
  readonly blockOwnerDeletion?: true;
};

export type ContainerStatus = {
  readonly name: string;
  readonly state: Readonly<Record<string, unknown>>;
  readonly lastState: Readonly<Record<string, unknown>>;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly image: string;
  readonly imageID: string;
  readonly started: boolean;
};

type PodStatus = {
  readonly phase: "Pending" | "Running" | "Succeeded" | "Failed";
  readonly conditions: readonly Readonly<Record<string, unknown>>[];
  readonly hostIP: string;
  readonly hostIPs: readonly { readonly ip: string }[];
  readonly startTime: string;
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly containerStatuses: readonly ContainerStatus[];
  readonly ephemeralContainerStatuses?: readonly ContainerStatus[];
  readonly qosClass: "BestEffort";
};

export type Pod = {
  readonly metadata: {
    readonly name: string;
    readonly generateName?: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation: number;
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
    readonly deletionGracePeriodSeconds?: number;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly OwnerReference[];
    readonly finalizers?: readonly string[];
    readonly managedFields?: readonly Readonly<Record<string, unknown>>[];
  };
  readonly spec: Readonly<Record<string, unknown>> & { readonly nodeName: string };
  readonly status: PodStatus;
};

/** The container whose image the kubelet pulls, and in which of the three arrays it stands. */
export type PullTarget = {
  readonly container: string;
  readonly kind: "container" | "init" | "ephemeral";
  readonly image: string;
};

/** RFC 3339 with whole seconds, as metadata and kubelet events have it. */
export function atSecond(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");
}

export function waiting(
  name: string,
  image: string,
  reason: string,
  message?: string,
): ContainerStatus {
  const state = { waiting: message === undefined ? { reason } : { reason, message } };
  return { ...bare(name, image), state };
}

export function running(name: string, image: string, atMs: number): ContainerStatus {
  const status = {
    ...bare(name, image),
    ready: true,
    started: true,
    imageID: `${image}@sha256:aa`,
  };
  return { ...status, state: { running: { startedAt: atSecond(atMs) } } };
}

export function completed(name: string, image: string, atMs: number): ContainerStatus {
  const at = atSecond(atMs);
  const terminated = { exitCode: 0, reason: "Completed", startedAt: at, finishedAt: at };
  return { ...bare(name, image), ready: true, state: { terminated } };
}

function bare(name: string, image: string): ContainerStatus {
  return {
    name,
    state: {},
    lastState: {},
    ready: false,
    restartCount: 0,
    image,
    imageID: "",
    started: false,
  };
}

export function isReady(pod: Pod): boolean {
  return pod.status.containerStatuses.every((status) => status.ready);
}
