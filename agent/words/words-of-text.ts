// What a person reads where the pods' own messages name the cause. Pure.
import type { VerdictName } from "../diagnosis/verdicts.ts";
import type { Words } from "./words.ts";

/** Causes that a text alone decides; each is for a person, and no rule helps. */
const WORDS: Readonly<Partial<Record<VerdictName, Words>>> = {
  "image.not_found": {
    sentence: "The registry answers that this image or tag does not exist.",
    advice:
      "Check the name and the tag, and whether the image was pushed or deleted. A private image can look missing too: check the pull secret.",
  },
  "image.invalid_reference": {
    sentence: "The image name in the pod is not a valid reference.",
    advice: "Correct the image field: no capital letters, no spaces, one tag.",
  },
  "image.platform_mismatch": {
    sentence: "The image exists, but not for this node's CPU or system.",
    advice: "Use a multi-platform image, or schedule the pod on a node that fits (nodeSelector).",
  },
  "image.unsupported_format": {
    sentence: "The node's container runtime does not support this image's format.",
    advice: "Rebuild the image in the current format, or update the runtime.",
  },
  "image.never_pull": {
    sentence:
      "The pod forbids pulling (imagePullPolicy: Never), and the node does not have the image.",
    advice: "Load the image on the node, or change imagePullPolicy to IfNotPresent.",
  },
  "auth.unauthorized": {
    sentence: "The registry wants a login, and got none or a wrong one.",
    advice:
      "Check the pod's imagePullSecrets: that the secret exists in its namespace and names this registry.",
  },
  "auth.denied": {
    sentence: "The registry knows the login and denies access to this image.",
    advice: "Give that account read access to the repository, or use another pull secret.",
  },
  "auth.token_expired": {
    sentence: "The login that the node used has expired.",
    advice: "Renew the pull secret or the node's credential provider, then restart the pod.",
  },
  "node.disk_full": {
    sentence: "The node has no room for the image: its disk is full.",
    advice: "Free space on the node (crictl rmi --prune, old logs), or give it a larger disk.",
  },
  "runtime.unavailable": {
    sentence: "The kubelet cannot reach the node's container runtime.",
    advice: "Look at containerd or CRI-O on that node: systemctl status, then its log.",
  },
  "runtime.unpack": {
    sentence: "The image was downloaded and the node could not unpack it.",
    advice:
      "Look at the node's disk and container runtime; removing the image there (crictl rmi) and pulling again often helps.",
  },
  "pull.qps_exceeded": {
    sentence: "The kubelet limits its own pulls, and too many were asked of it at once.",
    advice:
      "It passes by itself. If it lasts, raise registryPullQPS and registryBurst in the kubelet's configuration.",
  },
  "proxy.error": {
    sentence: "The proxy that the node pulls through fails.",
    advice:
      "Look at the proxy and its own way to the registry. NO_PROXY names hosts that are reached directly.",
  },
  "policy.rejected": {
    sentence: "A policy of the cluster or the node forbids this image.",
    advice:
      "Read the pod's events for the policy's name, then use an allowed registry or signature.",
  },
};

/** Null for what no text decides. */
export function wordsOfText(name: VerdictName): Words | null {
  return new Map<string, Words>(Object.entries(WORDS)).get(name) ?? null;
}
