// The few lists that show what became of a few pods: a namespace with a thousand pods is 15 MB a list.
import type { PodToFind } from "../ports/cluster.ts";

/** A part of a namespace; both empty: all of it. */
export type Part = { readonly fieldSelector: string; readonly labelSelector: string };

/** Beyond so many lists one of the whole namespace is cheaper. */
const MOST_LISTS = 10;
/** A Job's pod that has succeeded is an answer too. */
const NOT_FAILED = "status.phase!=Failed";
const WHOLE: Part = { fieldSelector: NOT_FAILED, labelSelector: "" };

/** Where these pods of one namespace, and those that replace them, are found. */
export function partsFor(pods: readonly PodToFind[]): readonly Part[] {
  const parts = new Map<string, Part>();
  for (const pod of pods) {
    const part = partFor(pod);
    if (part === null) return [WHOLE];
    parts.set(`${part.fieldSelector} ${part.labelSelector}`, part);
  }
  return parts.size === 0 || parts.size > MOST_LISTS ? [WHOLE] : [...parts.values()];
}

/** Null: nothing but the whole namespace shows the pod's successor for sure. */
function partFor({ name, node, owner }: PodToFind): Part | null {
  const by = (field: string): Part => ({
    fieldSelector: `${field},${NOT_FAILED}`,
    labelSelector: "",
  });
  switch (owner?.kind) {
    case undefined:
    case "StatefulSet":
      return by(`metadata.name=${name}`);
    case "DaemonSet":
      return node === null ? null : by(`spec.nodeName=${node}`);
    case "ReplicaSet": {
      // The hash is what follows the Deployment's name; a label of each of its pods.
      const { deployment, name: replicaSet } = owner;
      if (deployment === undefined) return null;
      const hash = replicaSet.slice(deployment.length + 1);
      return { fieldSelector: NOT_FAILED, labelSelector: `pod-template-hash=${hash}` };
    }
    default:
      return null;
  }
}
