// Who makes pods, and what comes in a deleted one's place: the orders seen on a real cluster.
import { atSecond, type Pod } from "./pod.ts";
import { failuresSince, type Failures, type Kubelet, type KubeletSettings } from "./kubelet.ts";
import type { Store } from "./store.ts";
import type { Timers } from "./timers.ts";
import { newPod } from "./new-pod.ts";
import { ownerOf, podName, targetOf, type Owner, type Workload } from "./workload.ts";

export type ControllerSettings = KubeletSettings & {
  /** From the deletion to the end of the pod. */
  readonly removalMs: number;
  /** From the moment a controller may act to the new pod; about 30–50 ms on a real cluster. */
  readonly replaceMs: number;
  /** A Job's first replacement; later ones come after ten times that, doubling. */
  readonly jobDelayMs: number;
  /** Each node's addresses, as the status of its pods lists them. */
  readonly nodes: Readonly<Record<string, readonly string[]>>;
};

export type Controllers = {
  apply(workload: Workload): void;
  /** Gives a Deployment another image: another ReplicaSet makes its pods, the old ones go. */
  rollOut(name: string, image: string): void;
  /** Marks the pod as deleted; the kubelet ends it later, its controller replaces it. */
  deletePod(pod: Pod, graceSeconds: number): Pod;
};

type Place = { readonly owner: Owner; readonly index: number; readonly node: string };
type World = {
  readonly store: Store;
  readonly kubelet: Kubelet;
  readonly timers: Timers;
  readonly settings: ControllerSettings;
};

export function createControllers({ store, kubelet, timers, settings }: World): Controllers {
  const places = new Map<string, Place>();
  const allNodes = Object.keys(settings.nodes);

  function create(place: Place, before?: Failures): void {
    const { index, node } = place;
    const owner = place.owner.rolledOut ?? place.owner;
    const createdAt = before?.firstAt ?? Date.now();
    const name = podName(owner, index, node);
    const addresses = settings.nodes[node] ?? [];
    const pod = store.put(newPod({ owner, name, node, addresses, createdAt }));
    places.set(pod.metadata.uid, { owner, index, node });
    kubelet.take(pod, owner.workload, targetOf(owner.workload), before);
  }

  function replaceSoon(place: Place, delayMs: number, before?: Failures): void {
    timers.after(delayMs, () => create(place, before));
  }

  /** What a controller does once the old pod is gone. */
  function gone(place: Place, failures: Failures | null): void {
    const { owner } = place;
    if (owner.workload.ownerApiVersion !== undefined) return;
    switch (owner.workload.kind) {
      case "DaemonSet":
      case "StatefulSet":
        return replaceSoon(place, settings.replaceMs);
      case "Job":
        return jobPodFailed(place);
      case "mirror":
        // The static pod runs on: its mirror comes back as it was.
        return replaceSoon(place, settings.replaceMs, failures ?? undefined);
      case "Deployment":
      case "bare":
        return;
    }
  }

  function jobPodFailed(place: Place): void {
    const { owner } = place;
    const failures = ++owner.jobFailures;
    if (failures > (owner.workload.backoffLimit ?? 6)) return;
    const later = settings.jobDelayMs * 10 * 2 ** (failures - 2);
    replaceSoon(place, failures === 1 ? settings.jobDelayMs : later);
  }

  async function end(pod: Pod): Promise<void> {
    const { uid } = pod.metadata;
    const failures = await kubelet.release(uid);
    const now = store.byUid(uid);
    const held = (pod.metadata.finalizers ?? []).some((name) => !name.startsWith("batch."));
    if (held && now !== undefined) {
      store.put({ ...now, metadata: { ...now.metadata, deletionGracePeriodSeconds: 0 } });
      return;
    }
    store.remove(now ?? pod);
    const place = places.get(uid);
    places.delete(uid);
    if (place !== undefined) gone(place, failures);
  }

  function deletePod(pod: Pod, graceSeconds: number): Pod {
    const { metadata } = pod;
    const firstTime = metadata.deletionTimestamp === undefined;
    if (!firstTime && (metadata.deletionGracePeriodSeconds ?? 0) <= graceSeconds) return pod;
    const deleted = store.put({
      ...pod,
      metadata: {
        ...metadata,
        generation: metadata.generation + (firstTime ? 1 : 0),
        deletionTimestamp: atSecond(Date.now() + graceSeconds * 1_000),
        deletionGracePeriodSeconds: graceSeconds,
      },
    });
    if (firstTime) {
      const place = places.get(metadata.uid);
      const workload = place?.owner.workload;
      const replacedAtOnce =
        workload?.kind === "Deployment" && workload.ownerApiVersion === undefined;
      if (place !== undefined && replacedAtOnce) replaceSoon(place, settings.replaceMs);
      timers.after(graceSeconds === 0 ? 0 : settings.removalMs, () => void end(deleted));
    }
    return deleted;
  }

  return {
    apply(workload) {
      const nodes =
        workload.nodes ?? (workload.kind === "DaemonSet" ? allNodes : allNodes.slice(0, 1));
      const replicas = workload.kind === "DaemonSet" ? nodes.length : (workload.replicas ?? 1);
      const owner = ownerOf(workload, nodes[0] ?? "node-a");
      for (let index = 0; index < replicas; index++) {
        const node = nodes[index % nodes.length] ?? "node-a";
        const before = workload.failing && failuresSince(workload.failing, settings);
        create({ owner, index, node }, before);
      }
    },
    rollOut(name, image) {
      const old = [...places].filter(([, { owner }]) => owner.workload.name === name);
      for (const owner of new Set(old.map(([, place]) => place.owner)))
        owner.rolledOut = ownerOf({ ...owner.workload, image }, old[0]?.[1].node ?? "");
      for (const [uid] of old) {
        const pod = store.byUid(uid);
        if (pod !== undefined) deletePod(pod, 30);
      }
    },
    deletePod,
  };
}
