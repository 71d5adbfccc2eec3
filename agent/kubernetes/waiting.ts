// Which containers wait for an image, and the cause that the kubelet writes into the status.
import type { WaitingContainer } from "../ports/cluster.ts";
import type { Said } from "../classify/pull-message.ts";
import type { ContainerStatus, Pod } from "./pod.ts";
import { ownCopy, type TextReader } from "./texts.ts";

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

/** A waiting container as its status shows it. `detailed`: the message says the cause. */
export type Waiting = Omit<WaitingContainer, "messages"> & {
  readonly said: Said;
  readonly detailed: boolean;
};

/** All entries of the three status arrays that wait for a pull. */
export function waitingContainers(pod: Pod, read: TextReader): readonly Waiting[] {
  const { status } = pod;
  if (status === null || status === undefined) return [];
  return [
    ...status.containerStatuses.flatMap((one) => waitingOf(one, "container", read)),
    ...status.initContainerStatuses.flatMap((one) => waitingOf(one, "init", read)),
    ...status.ephemeralContainerStatuses.flatMap((one) => waitingOf(one, "ephemeral", read)),
  ];
}

function waitingOf(
  status: ContainerStatus,
  kind: WaitingContainer["kind"],
  read: TextReader,
): Waiting[] {
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
      image: image === "" ? ownCopy(backOff?.["image"] ?? "") : image,
      reason,
      ...read(cause === "" ? message : cause),
      detailed: cause !== "",
    },
  ];
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
