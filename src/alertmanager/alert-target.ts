// What one firing alert says: is it about an image pull, and about which pod? Labels are hints from
// whoever can reach the sender, so nothing but plain Kubernetes names leaves this file.
import * as z from "zod/mini";
import type { Target } from "../jobs/signal.ts";

/** Prometheus takes an empty label for an absent one; so do we. */
const label = z._default(z.string(), "");

/**
 * Where senders write the pod: each set is read as a whole, and the first that names a pod counts.
 * With any `exported_*` name the scrape had no honor_labels, and the plain labels name
 * kube-state-metrics itself. Then OpenTelemetry's names, and those of older scrapes.
 */
const NAMES = [
  ["namespace", "pod", "container"],
  ["k8s_namespace_name", "k8s_pod_name", "k8s_container_name"],
  ["kubernetes_namespace", "kubernetes_pod_name", "kubernetes_container_name"],
] as const;

/** The labels that are read. All others may hold anything and are dropped. */
export const Labels = z.object({
  alertname: label,
  reason: label,
  remediation: label,
  namespace: label,
  pod: label,
  container: label,
  uid: label,
  kind: label,
  name: label,
  exported_namespace: label,
  exported_pod: label,
  exported_container: label,
  exported_uid: label,
  k8s_namespace_name: label,
  k8s_pod_name: label,
  k8s_container_name: label,
  kubernetes_namespace: label,
  kubernetes_pod_name: label,
  kubernetes_container_name: label,
});
export type Labels = z.infer<typeof Labels>;

/** Why an alert led to nothing. The sender is answered with a count of each. */
export type Cause =
  /** About the alerting itself (a watchdog, a data source without data), not about a pod. */
  | "meta_alert"
  /** Waiting for a reason that is not an image pull. */
  | "other_reason"
  | "no_pull_signal"
  | "no_target"
  | "invalid_target"
  /** Resolved, but without the fingerprint or the time that would tie it to anything. */
  | "unidentified_resolved"
  | "unreadable";

/** The kubelet's own words for a failed pull that the network may have caused. */
const PULL_REASONS = new Set(["ErrImagePull", "ImagePullBackOff", "RegistryUnavailable"]);
const META_ALERTS = new Set(["DatasourceNoData", "DatasourceError", "Watchdog", "InfoInhibitor"]);
/** kubernetes-mixin before 1.0 and its copies: any waiting reason, and the reason is not told. */
const WAITING_ALERTS = new Set(["KubeContainerWaiting", "KubernetesContainerWaiting"]);
const PULL_IN_NAME = /image[-_ ]?pull|pull(?:ing)?[-_ ]?image/i;
/** The reasons of Kubernetes' events: of a failed pull, and of much else. */
const EVENT_REASONS = new Set(["BackOff", "Failed"]);

export type Judgement = { accepted: true; unverified: boolean } | { accepted: false; cause: Cause };

/** Does this firing alert speak of an image pull? The first line that matches decides. */
export function judge(labels: Labels): Judgement {
  const pullInName = PULL_IN_NAME.test(labels.alertname);
  if (META_ALERTS.has(labels.alertname)) return { accepted: false, cause: "meta_alert" };
  if (labels.remediation === "backon") return { accepted: true, unverified: false };
  // As kubectl shows an init container's.
  if (PULL_REASONS.has(labels.reason.replace(/^Init:/, "")))
    return { accepted: true, unverified: false };
  if (labels.reason !== "" && !(EVENT_REASONS.has(labels.reason) && pullInName))
    return { accepted: false, cause: "other_reason" };
  if (pullInName) return { accepted: true, unverified: false };
  if (WAITING_ALERTS.has(labels.alertname)) return { accepted: true, unverified: true };
  return { accepted: false, cause: "no_pull_signal" };
}

export type PodNamed = Pick<Target, "namespace" | "pod" | "uid" | "container" | "reason">;

/** The pod that the labels name; `no_target`: none, which is no fault of an alert about a cluster. */
export function readPod(
  labels: Labels,
): { ok: true; pod: PodNamed } | { ok: false; cause: "no_target" | "invalid_target" } {
  const { namespace, pod, container, exported } = namesIn(labels);
  if (namespace === "" || pod === "") {
    // Half of an exported pair is a broken rule, not an alert about something else than a pod.
    return { ok: false, cause: exported ? "invalid_target" : "no_target" };
  }
  if (!isDnsLabel(namespace) || !isDnsSubdomain(pod)) return { ok: false, cause: "invalid_target" };
  const uid = labels.exported_uid === "" ? labels.uid : labels.exported_uid;
  return {
    ok: true,
    pod: {
      namespace,
      pod,
      uid: /^[0-9A-Za-z-]{1,64}$/.test(uid) ? uid : null,
      container: isDnsLabel(container) ? container : null,
      reason: /^[A-Za-z]{1,64}$/.test(labels.reason) ? labels.reason : null,
    },
  };
}

function namesIn(labels: Labels) {
  const { exported_namespace, exported_pod, exported_container } = labels;
  if (exported_namespace !== "" || exported_pod !== "") {
    const [namespace, pod, container] = [exported_namespace, exported_pod, exported_container];
    return { namespace, pod, container, exported: true };
  }
  for (const [namespace, pod, container] of NAMES)
    if (labels[namespace] !== "" && labels[pod] !== "")
      return {
        namespace: labels[namespace],
        pod: labels[pod],
        container: labels[container],
        exported: false,
      };
  // An event is about an object, which it names.
  const pod = labels.kind === "Pod" ? labels.name : "";
  return { namespace: labels.namespace, pod, container: "", exported: false };
}

/** A namespace or container name: RFC 1123 label. */
function isDnsLabel(name: string): boolean {
  return /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name);
}

/** A pod name: RFC 1123 subdomain, at most 253 characters, as Kubernetes checks it. */
function isDnsSubdomain(name: string): boolean {
  return (
    name.length <= 253 &&
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name)
  );
}
