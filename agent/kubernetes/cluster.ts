// The cluster as the core sees it, over the Kubernetes API. Looks on demand: no watch, no cache.
import type { Result } from "../ports/result.ts";
import type { Cluster, FailingPod, PodNow, PodToFind } from "../ports/cluster.ts";
import type { AuthoritySource } from "./authority.ts";
import { missingRights } from "./access.ts";
import { createClient, type Client } from "./client.ts";
import { createConnection } from "./connection.ts";
import { failingPod, podNow, seenPod, type SeenPod } from "./failing-pods.ts";
import { listAll } from "./list.ts";
import { lookAgain } from "./look-again.ts";
import { partsFor } from "./narrow-look.ts";
import { Pod } from "./pod.ts";
import { failedPulls, type FailedPulls } from "./pull-events.ts";
import { restart } from "./restart.ts";
import { createTextReader, type TextReader } from "./texts.ts";
import type { TokenSource } from "./token.ts";
import { watchedClient } from "./watched-client.ts";

export type ClusterOptions = {
  /** Scheme, host and port of the API server. */
  readonly url: string;
  readonly token: TokenSource;
  readonly ca: AuthoritySource;
  /** Empty: all of them, with one list. */
  readonly namespaces: readonly string[];
  /** For one request, connecting included. */
  readonly timeoutMs: number;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** One line for the log; the facts hold no secret. */
  readonly log: (message: string, facts: Readonly<Record<string, unknown>>) => void;
};

export type KubernetesCluster = Cluster & {
  /** What the account may not do although the agent needs it. */
  missingRights(method: "evict" | "delete"): Promise<Result<readonly string[]>>;
  /** Why every request to the API server fails now, or null. */
  trouble(): string | null;
  /** Ends idle connections; the cluster is not used afterwards. */
  close(): void;
};

/** A page of a hundred ordinary pods is 1.5 MB; the heap of the agent is 64 MB. */
const MAX_REPLY_BYTES = 8 * 1024 * 1024;
/** Not `status.phase=Pending`: a pod whose sidecar cannot be pulled is Running. */
const UNFINISHED = "status.phase!=Succeeded,status.phase!=Failed";

type Looking = {
  readonly client: Client;
  readonly options: ClusterOptions;
  readonly read: TextReader;
};

export function createCluster(options: ClusterOptions): KubernetesCluster {
  const connection = createConnection({ ...options, maxReplyBytes: MAX_REPLY_BYTES });
  const client = watchedClient(createClient({ ...options, connection }), options.now);
  const looking = (): Looking => ({ client, options, read: createTextReader() });
  return {
    failingPods: () => failingPods(looking()),
    podsNow: (namespaces, only) => podsNow(looking(), namespaces, only),
    serverTime: () => client.serverTime(),
    restart: (pod, method, reasonToLeave) => {
      const look = () =>
        lookAgain(client, pod, {
          read: createTextReader(),
          now: () => client.serverTime() ?? options.now(),
        });
      return restart({ client, method, look, reasonToLeave }, pod);
    },
    missingRights: (method) => missingRights(client, options.namespaces, method),
    trouble: () => client.trouble(),
    close: () => connection.close(),
  };
}

async function failingPods(looking: Looking): Promise<Result<readonly FailingPod[]>> {
  const { client } = looking;
  const { now } = looking.options;
  const namespaces = everywhere(looking.options.namespaces);
  const isFailing = (pod: SeenPod) => pod.containers.length > 0;
  const seen = await listPods(looking, { namespaces, fieldSelector: UNFINISHED, keep: isFailing });
  if (!seen.ok) return seen;
  const pulls = await eventsOf(looking, seen.value);
  const at = client.serverTime() ?? now();
  return { ok: true, value: seen.value.map((pod) => failingPod(pod, pulls, at)) };
}

async function podsNow(
  looking: Looking,
  asked: readonly string[],
  only: readonly PodToFind[] = [],
): Promise<Result<readonly PodNow[]>> {
  const namespaces = asked.length === 0 ? looking.options.namespaces : asked;
  const seen = new Map<string, SeenPod>();
  for (const namespace of everywhere(namespaces)) {
    const there = only.filter((pod) => pod.namespace === namespace);
    for (const part of partsFor(there)) {
      const pods = await listPods(looking, { namespaces: [namespace], ...part, keep: () => true });
      if (!pods.ok) return pods;
      for (const pod of pods.value) seen.set(pod.uid, pod);
    }
  }
  const found = [...seen.values()];
  const silent = found.filter((pod) => pod.containers.some((one) => !one.detailed));
  const pulls = await eventsOf(looking, silent);
  return { ok: true, value: found.map((pod) => podNow(pod, pulls)) };
}

/** Null: all namespaces, with one list. */
function everywhere(namespaces: readonly string[]): Iterable<string | null> {
  return namespaces.length === 0 ? [null] : new Set(namespaces);
}

type Wanted = {
  readonly namespaces: Iterable<string | null>;
  readonly fieldSelector: string;
  readonly labelSelector?: string;
  readonly keep: (pod: SeenPod) => boolean;
};

async function listPods(
  { client, options, read }: Looking,
  { namespaces, keep, ...selectors }: Wanted,
): Promise<Result<readonly SeenPod[]>> {
  const seen: SeenPod[] = [];
  for (const namespace of namespaces) {
    const request = { resource: "pods", namespace, ...selectors } as const;
    const listed = await listAll(client, request, (item) => {
      const pod = readPod(item, options, read);
      return pod !== null && keep(pod) ? pod : null;
    });
    if (!listed.ok) return listed;
    for (const pod of listed.value) seen.push(pod);
  }
  return { ok: true, value: seen };
}

function readPod(item: unknown, { log }: ClusterOptions, read: TextReader): SeenPod | null {
  const parsed = Pod.safeParse(item);
  if (parsed.success) return seenPod(parsed.data, read);
  const fields = parsed.error.issues.map((issue) => issue.path.join(".")).slice(0, 5);
  log("a pod in the list cannot be read; it is left out", { fields });
  return null;
}

async function eventsOf(
  { client, options, read }: Looking,
  pods: readonly SeenPod[],
): Promise<FailedPulls> {
  const { pulls, unreadable } = await failedPulls(client, pods, read);
  for (const why of unreadable)
    options.log("events cannot be read; going on with the pods' own messages", { why });
  return pulls;
}
