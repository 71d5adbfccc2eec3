// Which containers wait for an image, and the cause that the kubelet writes into the status.
import type { WaitingContainer } from "../ports/cluster.ts";
import type { ContainerStatus, Pod } from "./pod.ts";

/** ErrImagePull and ImagePullBackOff alternate while a pull fails; the others never get so far. */
const PULL_REASONS: ReadonlySet<string> = new Set([
  "ErrImagePull",
  "ImagePullBackOff",
  "RegistryUnavailable",
  "SignatureValidationFailed",
  "ImageInspectError",
  "InvalidImageName",
  "ErrImageNeverPull",
]);
/** Reasons before the pull, or while it runs for the first time. */
const NOT_YET: ReadonlySet<string> = new Set(["ContainerCreating", "PodInitializing"]);

/** kubelet 1.32 and newer end the text with the cause; older ones after the image. */
const BACK_OFF =
  /^Back-off pulling image "(?<image>[^"]+)"(?:: (?:ErrImagePull|RegistryUnavailable|SignatureValidationFailed): (?<cause>[\s\S]*))?$/;

/** A runtime error can hold a whole HTML page: the classifier needs its two ends at most. */
const MAX_TEXT = 8_000;

/** A waiting container as its status shows it. `detailed`: the message says the cause. */
export type Waiting = Omit<WaitingContainer, "messages"> & {
  readonly text: string;
  readonly detailed: boolean;
};

/** All entries of the three status arrays that wait for a pull. */
export function waitingContainers(pod: Pod): readonly Waiting[] {
  const { status } = pod;
  if (status === null || status === undefined) return [];
  return [
    ...status.containerStatuses.flatMap((one) => waitingOf(one, "container")),
    ...status.initContainerStatuses.flatMap((one) => waitingOf(one, "init")),
    ...status.ephemeralContainerStatuses.flatMap((one) => waitingOf(one, "ephemeral")),
  ];
}

function waitingOf(status: ContainerStatus, kind: WaitingContainer["kind"]): Waiting[] {
  const reason = status.state?.waiting?.reason ?? "";
  if (!PULL_REASONS.has(reason)) return [];
  const message = status.state?.waiting?.message ?? "";
  const backOff = BACK_OFF.exec(message)?.groups;
  const image = status.image ?? "";
  const cause = backOff === undefined ? message : (backOff["cause"] ?? "");
  return [
    {
      name: status.name,
      kind,
      image: image === "" ? (backOff?.["image"] ?? "") : image,
      reason,
      text: shorten(cause === "" ? message : cause),
      detailed: cause !== "",
    },
  ];
}

export function shorten(text: string): string {
  const half = MAX_TEXT / 2;
  return text.length <= MAX_TEXT ? text : `${text.slice(0, half)} … ${text.slice(-half)}`;
}

/** True if each container has its image. Debug containers do not count. */
export function hasImages(pod: Pod): boolean {
  if (pod.status?.phase === "Succeeded") return true;
  const statuses = [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ];
  return statuses.length > 0 && statuses.every(hasImage);
}

function hasImage({ state }: ContainerStatus): boolean {
  if (isThere(state?.running) || isThere(state?.terminated)) return true;
  // CrashLoopBackOff and the errors of starting come after the pull.
  const reason = state?.waiting?.reason ?? "";
  return reason !== "" && !PULL_REASONS.has(reason) && !NOT_YET.has(reason);
}

function isThere(value: unknown): boolean {
  return value !== null && value !== undefined;
}
