// One pod as it is now, right before its restart. By a list of one name, so that `list` is the only
// right to read that the agent needs.
import type { Result } from "../ports/result.ts";
import type { FailingPod } from "../ports/cluster.ts";
import type { Client } from "./client.ts";
import { failingPod, seenPod } from "./failing-pods.ts";
import { listAll } from "./list.ts";
import { Pod } from "./pod.ts";
import { isBeingPulled } from "./pulling.ts";
import type { TextReader } from "./texts.ts";
import { failedPulls, type FailedPulls } from "./pull-events.ts";

export type Target = { readonly namespace: string; readonly name: string; readonly uid: string };

const BEING_PULLED = "its image is being pulled now";

export type PodAgain =
  /** No pod of this name, or another one. */
  | { readonly kind: "gone" }
  | { readonly kind: "terminating" }
  /** No container of it waits after a failed pull, or one is being pulled now. */
  | { readonly kind: "settled"; readonly why: string }
  /** `version`: the resourceVersion of exactly this look. */
  | { readonly kind: "failing"; readonly pod: FailingPod; readonly version: string };

/** Looks the pod with this uid up, and whether its events tell of a pull under way. */
export async function lookAgain(
  client: Client,
  { namespace, name, uid }: Target,
  { read, now }: { readonly read: TextReader; readonly now: () => number },
): Promise<Result<PodAgain>> {
  const request = { resource: "pods", namespace, fieldSelector: `metadata.name=${name}` } as const;
  const found = await listAll(client, request, (item) => Pod.safeParse(item).data ?? null);
  if (!found.ok) return found;
  const pod = found.value.find((one) => one.metadata.uid === uid);
  if (pod === undefined) return { ok: true, value: { kind: "gone" } };
  const seen = seenPod(pod, read);
  if (seen.terminating) return { ok: true, value: { kind: "terminating" } };
  if (seen.containers.length === 0) {
    const why = seen.pulled ? "it recovered by itself" : BEING_PULLED;
    return { ok: true, value: { kind: "settled", why } };
  }
  const silent = seen.containers.some(({ detailed }) => !detailed);
  const pulls: FailedPulls = silent ? (await failedPulls(client, [seen], read)).pulls : new Map();
  // The last question before the eviction: a pull that begins after it is not seen.
  const pulling = await isBeingPulled(client, seen);
  if (!pulling.ok) return pulling;
  if (pulling.value) return { ok: true, value: { kind: "settled", why: BEING_PULLED } };
  const version = pod.metadata.resourceVersion;
  return { ok: true, value: { kind: "failing", pod: failingPod(seen, pulls, now()), version } };
}
