import { isReady, type Pod } from "./pod.ts";
import { budgetExhausted, twoBudgets, type Reply } from "./status-bodies.ts";

/** A PodDisruptionBudget over the pods of one workload. */
export type Budget = {
  readonly namespace: string;
  readonly name: string;
  /** The workload's name: its pods bear it as the label `app`. */
  readonly app: string;
  readonly minAvailable: number;
};

/**
 * Why the eviction is refused, or null. Pending pods are never guarded; an unhealthy Running pod may
 * go while its budget is met without it (unhealthyPodEvictionPolicy IfHealthyBudget, the default).
 */
export function budgetFor(
  budgets: readonly Budget[],
  pod: Pod,
  pods: readonly Pod[],
): Reply | null {
  if (pod.status.phase !== "Running") return null;
  const { namespace, labels } = pod.metadata;
  const matching = budgets.filter(
    (budget) => budget.namespace === namespace && budget.app === labels["app"],
  );
  const [budget] = matching;
  if (budget === undefined) return null;
  if (matching.length > 1) return twoBudgets();
  const healthy = pods.filter(
    (other) =>
      other.metadata.namespace === namespace &&
      other.metadata.labels["app"] === budget.app &&
      other.metadata.deletionTimestamp === undefined &&
      other.status.phase === "Running" &&
      isReady(other),
  ).length;
  const spare = healthy - budget.minAvailable;
  if (isReady(pod) ? spare > 0 : spare >= 0) return null;
  return budgetExhausted(budget.name, budget.minAvailable, healthy);
}
