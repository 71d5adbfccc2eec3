// Everything below /pods: list, get, delete, evict.
import * as z from "zod";
import {
  EvictionBody,
  isDryRun,
  parseJson,
  readOptions,
  withQuery,
  type Options,
} from "./request-bodies.ts";
import { budgetFor, type Budget } from "./budgets.ts";
import type { Controllers } from "./controllers.ts";
import type { Pages } from "./pages.ts";
import { atSecond, type Pod } from "./pod.ts";
import { POD_FIELDS, podFields, select, unsupportedIn } from "./selectors.ts";
import { snapshotOf, type PodSnapshot } from "./snapshot.ts";
import * as answers from "./status-bodies.ts";
import type { Reply } from "./status-bodies.ts";
import type { Store } from "./store.ts";

/** One pod that was taken away, and by which route. */
export type Eviction = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly owner: { readonly kind: string; readonly name: string } | null;
  readonly at: number;
  readonly via: "evict" | "delete";
  /** The pod as it stood at that moment. */
  readonly pod: PodSnapshot;
  /** Its kubelet was in the middle of a pull. */
  readonly pulling: boolean;
};

export type PodWorld = {
  readonly store: Store;
  readonly pages: Pages;
  readonly controllers: Controllers;
  readonly budgets: readonly Budget[];
  readonly evictions: Eviction[];
  readonly isPulling: (uid: string) => boolean;
  /** How long an eviction is tried again whose uid is not the Pending pod's. */
  readonly conflictHoldMs: number;
};

export function listPods(world: PodWorld, namespace: string | null, url: URL): Reply {
  const query = url.searchParams;
  const fieldSelector = query.get("fieldSelector") ?? "";
  const labelSelector = query.get("labelSelector") ?? "";
  const unsupported = unsupportedIn(fieldSelector, POD_FIELDS);
  if (unsupported !== null) return answers.badRequest(`field label not supported: ${unsupported}`);
  const selected = () =>
    select(
      select(world.store.pods(), fieldSelector, podFields),
      labelSelector,
      (pod) => pod.metadata.labels,
    ).filter((pod) => namespace === null || pod.metadata.namespace === namespace);
  return world.pages.page(selected, {
    kind: "PodList",
    query,
    revision: world.store.revision(),
    scope: `${url.pathname} ${fieldSelector} ${labelSelector}`,
    selected: fieldSelector !== "" || labelSelector !== "",
  });
}

export function getPod(world: PodWorld, namespace: string, name: string): Reply {
  const pod = world.store.get(namespace, name);
  return pod === undefined ? answers.podNotFound(name) : answers.json(200, asObject(pod));
}

export function deletePod(
  world: PodWorld,
  place: { namespace: string; name: string },
  query: URLSearchParams,
  body: string,
): Reply {
  const read = readOptions(body, query);
  if ("refused" in read) return read.refused;
  const pod = world.store.get(place.namespace, place.name);
  if (pod === undefined) return answers.podNotFound(place.name);
  const { options } = read;
  const conflict = conflictOf(pod, options);
  if (conflict !== null) return conflict;
  const finished = pod.status.phase === "Succeeded" || pod.status.phase === "Failed";
  const graceSeconds = finished ? 0 : (options.gracePeriodSeconds ?? 30);
  if (isDryRun(options)) return answers.json(200, asObject(marked(pod, graceSeconds)));
  const deleted = world.controllers.deletePod(pod, graceSeconds);
  noteRemoval(world, pod, "delete");
  return answers.json(200, asObject(deleted));
}

export function evictPod(
  world: PodWorld,
  place: { namespace: string; name: string },
  query: URLSearchParams,
  body: string,
): Reply {
  const parsed = parseJson(body);
  if ("refused" in parsed) return parsed.refused;
  const eviction = EvictionBody.safeParse(parsed.value);
  if (!eviction.success) return answers.badRequest(z.prettifyError(eviction.error));
  if ((eviction.data.metadata?.name ?? place.name) !== place.name)
    return answers.badRequest("name in URL does not match name in Eviction object");
  const pod = world.store.get(place.namespace, place.name);
  if (pod === undefined) return answers.podNotFound(place.name);
  const options = withQuery(eviction.data.deleteOptions ?? {}, query);
  const conflict = conflictOf(pod, options);
  if (conflict !== null)
    return isTriedAgain(pod, options) ? { ...conflict, heldMs: world.conflictHoldMs } : conflict;
  const refused = budgetFor(world.budgets, pod, world.store.pods());
  if (refused !== null) return refused;
  if (isDryRun(options)) return answers.success(201);
  world.controllers.deletePod(disrupted(world.store, pod), options.gracePeriodSeconds ?? 30);
  noteRemoval(world, pod, "evict");
  return answers.success(201);
}

function conflictOf(pod: Pod, options: Options): Reply | null {
  const { name, uid, resourceVersion } = pod.metadata;
  const wanted = options.preconditions ?? {};
  if (wanted.uid !== undefined && wanted.uid !== uid)
    return answers.uidConflict(name, wanted.uid, uid);
  if (wanted.resourceVersion !== undefined && wanted.resourceVersion !== resourceVersion)
    return answers.versionConflict(name, wanted.resourceVersion, resourceVersion);
  return null;
}

/**
 * The server evicts a pod that no budget guards by update and delete, and tries a conflict again for
 * ten seconds, unless the client named the version that it means (eviction.go).
 */
function isTriedAgain(pod: Pod, { preconditions }: Options): boolean {
  return pod.status.phase !== "Running" && preconditions?.resourceVersion === undefined;
}

function asObject(pod: Pod): unknown {
  return { kind: "Pod", apiVersion: "v1", ...pod };
}

function marked(pod: Pod, graceSeconds: number): Pod {
  const deletionTimestamp = atSecond(Date.now() + graceSeconds * 1_000);
  const grace = { deletionTimestamp, deletionGracePeriodSeconds: graceSeconds };
  return { ...pod, metadata: { ...pod.metadata, ...grace } };
}

/** Eviction leaves a condition that a Job's failure policy can read; a plain delete does not. */
function disrupted(store: Store, pod: Pod): Pod {
  const condition = {
    type: "DisruptionTarget",
    status: "True",
    lastProbeTime: null,
    lastTransitionTime: atSecond(Date.now()),
    reason: "EvictionByEvictionAPI",
    message: "Eviction API: evicting",
  };
  if (pod.metadata.deletionTimestamp !== undefined) return pod;
  const conditions = [...pod.status.conditions, condition];
  return store.put({ ...pod, status: { ...pod.status, conditions } });
}

/** A pod that terminates already was not taken away again. */
function noteRemoval(world: PodWorld, pod: Pod, via: Eviction["via"]): void {
  if (pod.metadata.deletionTimestamp !== undefined) return;
  const { namespace, name, uid, ownerReferences } = pod.metadata;
  const owner = ownerReferences?.[0];
  world.evictions.push({
    namespace,
    name,
    uid,
    owner: owner === undefined ? null : { kind: owner.kind, name: owner.name },
    at: Date.now(),
    via,
    pod: snapshotOf(pod),
    pulling: world.isPulling(uid),
  });
}
