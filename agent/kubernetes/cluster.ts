// The cluster as the core sees it, over the Kubernetes API. Looks on demand: no watch, no cache.
import type { Cluster, FailingPod, PodNow, Result } from "../world.ts";
import { missingRights } from "./access.ts";
import { createClient } from "./client.ts";
import { createConnection } from "./connection.ts";
import { failingPod, podNow, seenPod, type SeenPod } from "./failing-pods.ts";
import { listAll } from "./list.ts";
import { Pod } from "./pod.ts";
import { failedPulls, type FailedPulls } from "./pull-events.ts";
import { restart } from "./restart.ts";
import type { TokenSource } from "./token.ts";

export type ClusterOptions = {
  /** Scheme, host and port of the API server. */
  readonly url: string;
  readonly token: TokenSource;
  /** PEM of the cluster's authority; null: the system's authorities. */
  readonly ca: string | null;
  /** Empty: all of them, with one list. */
  readonly namespaces: readonly string[];
  /** For one request, connecting included. */
  readonly timeoutMs: number;
  now(): number;
  sleep(ms: number): Promise<void>;
  /** One line for the log; the facts hold no secret. */
  log(message: string, facts: Readonly<Record<string, unknown>>): void;
};

export type KubernetesCluster = Cluster & {
  /** What the account may not do although the agent needs it. */
  missingRights(method: "evict" | "delete"): Promise<Result<readonly string[]>>;
  /** Ends idle connections; the cluster is not used afterwards. */
  close(): void;
};

/** A page of a hundred ordinary pods is 1.5 MB; the heap of the agent is 64 MB. */
const MAX_REPLY_BYTES = 8 * 1024 * 1024;
/** Not `status.phase=Pending`: a pod whose sidecar cannot be pulled is Running. */
const UNFINISHED = "status.phase!=Succeeded,status.phase!=Failed";
/** A Job's pod that has succeeded is an answer too. */
const NOT_FAILED = "status.phase!=Failed";

export function createCluster(options: ClusterOptions): KubernetesCluster {
  const connection = createConnection({ ...options, maxReplyBytes: MAX_REPLY_BYTES });
  const client = createClient({ ...options, connection });

  async function failingPods(): Promise<Result<readonly FailingPod[]>> {
    const isFailing = (pod: SeenPod) => pod.containers.length > 0;
    const seen = await listPods(options.namespaces, UNFINISHED, isFailing);
    if (!seen.ok) return seen;
    const pulls = await eventsOf(seen.value);
    const now = options.now();
    return { ok: true, value: seen.value.map((pod) => failingPod(pod, pulls, now)) };
  }

  async function podsNow(namespaces: readonly string[]): Promise<Result<readonly PodNow[]>> {
    const wanted = namespaces.length === 0 ? options.namespaces : namespaces;
    const seen = await listPods(wanted, NOT_FAILED, () => true);
    if (!seen.ok) return seen;
    const silent = seen.value.filter((pod) => pod.containers.some((one) => !one.detailed));
    const pulls = await eventsOf(silent);
    return { ok: true, value: seen.value.map((pod) => podNow(pod, pulls)) };
  }

  async function listPods(
    namespaces: readonly string[],
    fieldSelector: string,
    wanted: (pod: SeenPod) => boolean,
  ): Promise<Result<readonly SeenPod[]>> {
    const seen: SeenPod[] = [];
    for (const namespace of namespaces.length === 0 ? [null] : new Set(namespaces)) {
      const request = { resource: "pods", namespace, fieldSelector } as const;
      const listed = await listAll(client, request, (item) => readPod(item, wanted));
      if (!listed.ok) return listed;
      for (const pod of listed.value) seen.push(pod);
    }
    return { ok: true, value: seen };
  }

  function readPod(item: unknown, wanted: (pod: SeenPod) => boolean): SeenPod | null {
    const parsed = Pod.safeParse(item);
    if (!parsed.success) {
      options.log("a pod in the list cannot be read; it is left out", {
        fields: parsed.error.issues.map((issue) => issue.path.join(".")).slice(0, 5),
      });
      return null;
    }
    const seen = seenPod(parsed.data);
    return wanted(seen) ? seen : null;
  }

  async function eventsOf(pods: readonly SeenPod[]): Promise<FailedPulls> {
    const { pulls, unreadable } = await failedPulls(client, pods);
    for (const why of unreadable)
      options.log("events cannot be read; going on with the pods' own messages", { why });
    return pulls;
  }

  return {
    failingPods,
    podsNow,
    restart: (pod, method) => restart(client, pod, method),
    missingRights: (method) => missingRights(client, options.namespaces, method),
    close: () => connection.close(),
  };
}
