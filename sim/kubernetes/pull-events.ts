// The texts that a kubelet writes about one pull, word for word (pkg/kubelet/images).
import type { Pod, PullTarget } from "./pod.ts";
import type { Said, Store } from "./store.ts";

export type PullWords = { readonly oldBackOffMessages: boolean };
type Times = { readonly count: number; readonly firstAt: number; readonly lastAt: number };

const FIELD = {
  container: "spec.containers",
  init: "spec.initContainers",
  ephemeral: "spec.ephemeralContainers",
} as const;

function say(
  store: Store,
  pod: Pod,
  target: PullTarget,
  said: Pick<Said, "type" | "reason" | "message"> & { readonly times?: Times | undefined },
): void {
  const now = Date.now();
  const times = said.times ?? { count: 1, firstAt: now, lastAt: now };
  store.record(pod, {
    type: said.type,
    reason: said.reason,
    message: said.message,
    fieldPath: `${FIELD[target.kind]}{${target.container}}`,
    count: times.count,
    firstAt: times.firstAt,
    lastAt: times.lastAt,
  });
}

export const pullEvents = {
  pulling(store: Store, pod: Pod, target: PullTarget): void {
    const message = `Pulling image "${target.image}"`;
    say(store, pod, target, { type: "Normal", reason: "Pulling", message });
  },
  pulled(store: Store, pod: Pod, target: PullTarget): void {
    const message = `Successfully pulled image "${target.image}"`;
    say(store, pod, target, { type: "Normal", reason: "Pulled", message });
    const started = `Started container ${target.container}`;
    say(store, pod, target, { type: "Normal", reason: "Started", message: started });
  },
  failed(store: Store, pod: Pod, target: PullTarget, times: Times & { message: string }): void {
    const warning = { type: "Warning", reason: "Failed", times } as const;
    const message = `Failed to pull image "${target.image}": ${times.message}`;
    say(store, pod, target, { ...warning, message });
    say(store, pod, target, { ...warning, message: "Error: ErrImagePull" });
  },
  backOff(store: Store, pod: Pod, target: PullTarget, times?: Times): void {
    const message = `Back-off pulling image "${target.image}"`;
    say(store, pod, target, { type: "Normal", reason: "BackOff", message, times });
    const error = "Error: ImagePullBackOff";
    say(store, pod, target, { type: "Warning", reason: "Failed", message: error, times });
  },
  /** The waiting message; since 1.32 it ends with the cause. The event never says it. */
  backOffText(image: string, cause: string, words: PullWords): string {
    const text = `Back-off pulling image "${image}"`;
    return words.oldBackOffMessages ? text : `${text}: ErrImagePull: ${cause}`;
  },
};
