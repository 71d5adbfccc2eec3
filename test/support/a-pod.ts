// Failing pods for tests, as the cluster adapter hands them over.
import type { FailingPod, PullMessage, WaitingContainer } from "../../agent/ports/cluster.ts";
import { endsOf, readText } from "../../agent/classify/pull-message.ts";
import { HUB, NOW } from "./a-round.ts";

export const MINUTE = 60_000;

/** A pull error as containerd words it, for this host and cause. */
export function pullError(cause: string, host: string = HUB): string {
  return `Failed to pull image "nginx:1.27": failed to pull and unpack image "docker.io/library/nginx:1.27": failed to resolve reference "docker.io/library/nginx:1.27": failed to do request: Head "https://${host}/v2/library/nginx/manifests/1.27": ${cause}`;
}

export const TLS_TIMEOUT = pullError("net/http: TLS handshake timeout");
export const NOT_FOUND =
  'Failed to pull image "nginx:1.72": failed to resolve reference "docker.io/library/nginx:1.72": docker.io/library/nginx:1.72: not found';

/** A kubelet's text as the cluster adapter reads it; an event of no known time if nothing is changed. */
export function aMessage(text: string, changes: Partial<PullMessage> = {}): PullMessage {
  return { ...readText(text), firstAt: null, lastAt: null, from: "event", ...changes };
}

export type PodOf = Partial<FailingPod> & {
  /** The newest message of its one container; null: none. */
  readonly text?: string | null;
  readonly image?: string;
  readonly kind?: WaitingContainer["kind"];
};

/** A pod of a ReplicaSet that has failed for six minutes with a TLS time-out at Docker Hub. */
export function aPod({
  text = TLS_TIMEOUT,
  image = "nginx:1.27",
  kind,
  ...pod
}: PodOf = {}): FailingPod {
  const { uid = "pod-1", failingSince = NOW - 6 * MINUTE } = pod;
  const times = { firstAt: failingSince, lastAt: NOW - MINUTE };
  return {
    namespace: "shop",
    name: `web-${uid}`,
    uid,
    node: "node-a",
    nodeAddresses: ["10.10.0.2", "2001:db8:10::2"],
    owner: { group: "apps", kind: "ReplicaSet", name: "web", uid: "owner-web" },
    phase: "Pending",
    createdAt: failingSince,
    failingSince,
    retriesAt: NOW + 4 * MINUTE,
    terminating: false,
    mirror: false,
    containers: [
      {
        name: "main",
        kind: kind ?? "container",
        image,
        reason: "ImagePullBackOff",
        text: endsOf(text ?? ""),
        messages: text === null ? [] : [aMessage(text, times)],
      },
    ],
    ...pod,
  };
}
