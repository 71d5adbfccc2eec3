import { randomBytes, randomUUID } from "node:crypto";
import { atSecond, type Pod } from "./pod.ts";

export type KubernetesEvent = {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly creationTimestamp: string;
    readonly managedFields: readonly Written[];
  };
  readonly involvedObject: Readonly<Record<string, string>>;
  readonly reason: string;
  readonly message: string;
  readonly source: { readonly component: string; readonly host: string };
  readonly firstTimestamp: string;
  readonly lastTimestamp: string;
  readonly count: number;
  readonly type: "Normal" | "Warning";
  readonly eventTime: null;
  readonly reportingComponent: string;
  readonly reportingInstance: string;
};

/** The API server's note of the last write, by its own clock. */
type Written = {
  readonly manager: string;
  readonly operation: "Update";
  readonly apiVersion: "v1";
  readonly time: string;
};

/** What the kubelet says about a pod; times are ms since the epoch. */
export type Said = {
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
  readonly fieldPath: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly count: number;
};

export type Store = {
  /** Keeps the pod under its namespace and name with the next resource version. */
  put(pod: Pod): Pod;
  get(namespace: string, name: string): Pod | undefined;
  /** The pod with this uid, if it is still there. */
  byUid(uid: string): Pod | undefined;
  remove(pod: Pod): void;
  /** By namespace, then name: the order of a list. */
  pods(): readonly Pod[];
  /** An equal event of the same pod is counted, not added. */
  record(pod: Pod, said: Said): void;
  events(): readonly KubernetesEvent[];
  revision(): number;
};

/** Events are kept in a ring: a demonstration may run for days. */
const MAX_EVENTS = 50_000;

/** `kubeletAheadMs`: how far the nodes' clocks are ahead of the server's. */
export function createStore(kubeletAheadMs = 0): Store {
  const pods = new Map<string, Pod>();
  const names = new Map<string, string>();
  const events = new Map<string, KubernetesEvent>();
  let revision = 700;
  const podsNow = remembered(
    () => revision,
    () => sorted([...pods.values()]),
  );
  const eventsNow = remembered(
    () => revision,
    () => sorted([...events.values()]),
  );
  const keyOf = (namespace: string, name: string) => `${namespace}/${name}`;
  return {
    put(pod) {
      const metadata = { ...pod.metadata, resourceVersion: String(++revision) };
      const kept = { ...pod, metadata };
      const key = keyOf(metadata.namespace, metadata.name);
      pods.set(key, kept);
      names.set(metadata.uid, key);
      return kept;
    },
    get: (namespace, name) => pods.get(keyOf(namespace, name)),
    byUid(uid) {
      const pod = pods.get(names.get(uid) ?? "");
      return pod?.metadata.uid === uid ? pod : undefined;
    },
    remove(pod) {
      const key = keyOf(pod.metadata.namespace, pod.metadata.name);
      if (pods.get(key)?.metadata.uid !== pod.metadata.uid) return;
      pods.delete(key);
      names.delete(pod.metadata.uid);
      revision++;
    },
    pods: podsNow,
    record(pod, said) {
      const key = [pod.metadata.uid, said.fieldPath, said.reason, said.message].join("|");
      const before = events.get(key);
      const oldest = events.keys().next();
      if (before === undefined && events.size >= MAX_EVENTS && !oldest.done)
        events.delete(oldest.value);
      const resourceVersion = String(++revision);
      events.set(key, eventOf(pod, said, before, { resourceVersion, kubeletAheadMs }));
    },
    events: eventsNow,
    revision: () => revision,
  };
}

/** What `make` makes, made again only where the revision is another one. */
function remembered<T>(revision: () => number, make: () => T): () => T {
  let made: { readonly at: number; readonly value: T } | null = null;
  return () => {
    if (made?.at !== revision()) made = { at: revision(), value: make() };
    return made.value;
  };
}

function sorted<T extends { metadata: { namespace: string; name: string } }>(items: T[]): T[] {
  const keyed = items.map((item) => ({
    item,
    key: `${item.metadata.namespace}/${item.metadata.name}`,
  }));
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ item }) => item);
}

function eventOf(
  pod: Pod,
  said: Said,
  before: KubernetesEvent | undefined,
  { resourceVersion, kubeletAheadMs }: { resourceVersion: string; kubeletAheadMs: number },
): KubernetesEvent {
  const { namespace, name, uid } = pod.metadata;
  const created = {
    name: `${name}.${randomBytes(8).toString("hex")}`,
    namespace,
    uid: randomUUID(),
    creationTimestamp: atSecond(said.lastAt),
  };
  const time = atSecond(said.lastAt);
  const managedFields = [
    { manager: "kubelet", operation: "Update", apiVersion: "v1", time },
  ] as const;
  return {
    metadata: { ...(before?.metadata ?? created), resourceVersion, managedFields },
    involvedObject: {
      kind: "Pod",
      namespace,
      name,
      uid,
      apiVersion: "v1",
      resourceVersion: pod.metadata.resourceVersion,
      fieldPath: said.fieldPath,
    },
    reason: said.reason,
    message: said.message,
    source: { component: "kubelet", host: pod.spec.nodeName },
    firstTimestamp: before?.firstTimestamp ?? atSecond(said.firstAt + kubeletAheadMs),
    lastTimestamp: atSecond(said.lastAt + kubeletAheadMs),
    count: (before?.count ?? 0) + said.count,
    type: said.type,
    eventTime: null,
    reportingComponent: "kubelet",
    reportingInstance: pod.spec.nodeName,
  };
}
