// One simulated kubelet for all nodes: pulls through the function handed in, keeps a back-off per
// pod uid as pkg/kubelet/images does, and writes statuses and events as the real one does.
import type { Pod, PullTarget } from "./pod.ts";
import { running, waiting, type ContainerStatus } from "./pod.ts";
import { pullEvents, type PullWords } from "./pull-events.ts";
import type { Store } from "./store.ts";
import type { Timers } from "./timers.ts";
import { statusesOf } from "./new-pod.ts";
import type { Workload } from "./workload.ts";

type Pulled = { readonly ok: true } | { readonly ok: false; readonly message: string };
/** The runtime. `message` is its error, without the kubelet's words around it. */
export type Pull = (image: string, pod: Pod) => Promise<Pulled>;

export type KubeletSettings = {
  /** First back-off after a failed pull; 10 s in Kubernetes. */
  readonly backOffMs: number;
  /** The back-off doubles up to this; 300 s in Kubernetes. */
  readonly maxBackOffMs: number;
  /** How long ErrImagePull shows before ImagePullBackOff; at most half the back-off. */
  readonly resyncMs: number;
  /** False as by default: one pull at a time on a node, so that a hanging one delays the others. */
  readonly parallelPulls: boolean;
  /** True for 1.31 and older: the back-off message does not say the cause. */
  readonly oldBackOffMessages: boolean;
};

/** Failed pulls that a pod has behind it: times in ms since the epoch. */
export type Failures = {
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly message: string;
  readonly earlier?: readonly string[];
};

export type Kubelet = {
  /** Takes a bound pod on: pulls at once, or goes on from the failures it has behind it. */
  take(pod: Pod, workload: Workload, target: PullTarget, before?: Failures): void;
  /** No further pull for this pod; done when a pull under way has ended. Tells its failures. */
  release(uid: string): Promise<Failures | null>;
  setPull(pull: Pull): void;
  isPulling(uid: string): boolean;
  /** Ends the back-off of this pod. */
  pullAgain(uid: string): void;
  /** As after a new start: no back-off and no reason of a failure is known any more. */
  restart(): void;
};

type World = {
  readonly store: Store;
  readonly timers: Timers;
  readonly settings: KubeletSettings;
  readonly pull: Pull;
};

type Task = {
  readonly uid: string;
  readonly node: string;
  readonly workload: Workload;
  readonly target: PullTarget;
  failures: Failures | null;
  pulling: Promise<Pulled> | null;
  released: boolean;
  cancel: () => void;
};

/** The n-th back-off in a row: doubling from the first up to the most. */
function backOffAfter(failures: number, settings: KubeletSettings): number {
  return Math.min(settings.maxBackOffMs, settings.backOffMs * 2 ** Math.min(failures - 1, 30));
}

export function createKubelet({ store, timers, settings, pull: firstPull }: World): Kubelet {
  const tasks = new Map<string, Task>();
  const nodes = new Map<string, Promise<unknown>>();
  let pull = firstPull;
  const words: PullWords = { oldBackOffMessages: settings.oldBackOffMessages };

  function show(task: Task, pulled: ContainerStatus, phase?: Pod["status"]["phase"]): void {
    const pod = store.byUid(task.uid);
    if (pod === undefined || task.released) return;
    const statuses = statusesOf(task.workload, task.target, pulled, Date.now());
    store.put({
      ...pod,
      status: { ...pod.status, ...statuses, phase: phase ?? pod.status.phase },
    });
  }

  function attemptSoon(task: Task): void {
    const before = settings.parallelPulls ? Promise.resolve() : nodes.get(task.node);
    const mine = (before ?? Promise.resolve()).then(() => attempt(task));
    nodes.set(task.node, mine);
  }

  async function attempt(task: Task): Promise<void> {
    const pod = store.byUid(task.uid);
    if (task.released || pod === undefined) return;
    pullEvents.pulling(store, pod, task.target);
    task.pulling = pullSafely(task.target.image, pod);
    const pulled = await task.pulling;
    task.pulling = null;
    const now = Date.now();
    if (!pulled.ok) return failed(task, pulled.message, now);
    task.failures = null;
    pullEvents.pulled(store, pod, task.target);
    show(task, running(task.target.container, task.target.image, now), "Running");
  }

  /** A runtime that throws is a runtime that failed: the world goes on. */
  async function pullSafely(image: string, pod: Pod): Promise<Pulled> {
    try {
      return await pull(image, pod);
    } catch (cause) {
      return { ok: false, message: `rpc error: code = Unknown desc = ${String(cause)}` };
    }
  }

  function failed(task: Task, message: string, now: number): void {
    const before = task.failures;
    const count = (before?.count ?? 0) + 1;
    task.failures = { count, firstAt: before?.firstAt ?? now, lastAt: now, message };
    const pod = store.byUid(task.uid);
    if (pod === undefined || task.released) return;
    pullEvents.failed(store, pod, task.target, { ...task.failures, count: 1 });
    const { container, image } = task.target;
    show(task, waiting(container, image, "ErrImagePull", message));
    const backOffMs = backOffAfter(count, settings);
    const shownMs = Math.min(settings.resyncMs, backOffMs / 2);
    task.cancel = timers.after(shownMs, () => {
      const again = store.byUid(task.uid);
      if (again !== undefined) pullEvents.backOff(store, again, task.target);
      showBackOff(task, message);
      task.cancel = timers.after(backOffMs - shownMs, () => attemptSoon(task));
    });
  }

  function showBackOff(task: Task, message: string): void {
    const { container, image } = task.target;
    const text = pullEvents.backOffText(image, message, words);
    show(task, waiting(container, image, "ImagePullBackOff", text));
  }

  function goOn(task: Task, pod: Pod, before: Failures): void {
    for (const message of before.earlier ?? [])
      pullEvents.failed(store, pod, task.target, { ...before, message, count: 1 });
    pullEvents.failed(store, pod, task.target, before);
    pullEvents.backOff(store, pod, task.target, before);
    showBackOff(task, before.message);
    const left = before.lastAt + backOffAfter(before.count, settings) - Date.now();
    task.cancel = timers.after(Math.max(left, settings.backOffMs), () => attemptSoon(task));
  }

  return {
    take(pod, workload, target, before) {
      const { uid } = pod.metadata;
      const task: Task = {
        uid,
        node: pod.spec.nodeName,
        workload,
        target,
        failures: before ?? null,
        pulling: null,
        released: false,
        cancel: () => undefined,
      };
      tasks.set(uid, task);
      if (before === undefined) attemptSoon(task);
      else goOn(task, pod, before);
    },
    async release(uid) {
      const task = tasks.get(uid);
      if (task === undefined) return null;
      tasks.delete(uid);
      task.released = true;
      task.cancel();
      await task.pulling;
      return task.failures;
    },
    setPull(next) {
      pull = next;
    },
    isPulling: (uid) => (tasks.get(uid)?.pulling ?? null) !== null,
    pullAgain(uid) {
      const task = tasks.get(uid);
      if (task === undefined || task.pulling !== null) return;
      task.cancel();
      attemptSoon(task);
    },
    restart() {
      for (const task of tasks.values()) {
        if (task.pulling !== null || task.failures === null) continue;
        task.cancel();
        task.failures = null;
        show(task, waiting(task.target.container, task.target.image, "ContainerCreating"));
        attemptSoon(task);
      }
    },
  };
}

/** What a pod that has failed for `sinceMs` has behind it: its back-off is near its longest. */
export function failuresSince(
  failing: NonNullable<Workload["failing"]>,
  settings: KubeletSettings,
): Failures {
  const now = Date.now();
  const lastAt = now - Math.min(failing.sinceMs / 2, settings.maxBackOffMs / 10);
  let count = 1;
  let at = now - failing.sinceMs;
  // Twelve are enough to stand at the longest back-off.
  while (count < 12 && at + backOffAfter(count, settings) <= lastAt)
    at += backOffAfter(count++, settings);
  const { message, earlier = [] } = failing;
  return { count, firstAt: now - failing.sinceMs, lastAt, message, earlier };
}
