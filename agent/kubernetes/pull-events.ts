// `Failed to pull image` events: the only cause that kubelets before 1.32 leave behind, and the only
// times of failures on any.
import * as z from "zod";
import type { WaitingContainer } from "../ports/cluster.ts";
import type { Client } from "./client.ts";
import { withFailure, type ContainerPulls, type FailureEvent } from "./container-pulls.ts";
import { gather, type Gathering } from "./list.ts";
import { Instant } from "./pod.ts";
import type { TextReader } from "./texts.ts";

const Event = z.object({
  metadata: z
    .object({
      creationTimestamp: Instant,
      /** The API server's note of who wrote what when: renewed with each count. */
      managedFields: z.array(z.object({ time: Instant })).nullish(),
    })
    .nullish(),
  message: z.string(),
  count: z.number().nullish(),
  firstTimestamp: Instant,
  lastTimestamp: Instant,
  eventTime: Instant,
  series: z.object({ count: z.number().nullish(), lastObservedTime: Instant }).nullish(),
  involvedObject: z.object({ uid: z.string(), fieldPath: z.string().nullish() }),
});

/**
 * `Failed to pull image "busybox:1.36": the runtime's error`; the error may hold newlines. From the
 * tenth different one on the kubelet's client combines them (client-go, tools/record/events_cache.go).
 */
const FAILED_PULL =
  /^(?:\(combined from similar events\): )?Failed to pull image "[^"]*": (?<cause>[\s\S]+)$/;

const FIELD: Readonly<Record<WaitingContainer["kind"], string>> = {
  container: "spec.containers",
  init: "spec.initContainers",
  ephemeral: "spec.ephemeralContainers",
};

/** Failed pulls by `uid/fieldPath`. */
export type FailedPulls = ReadonlyMap<string, ContainerPulls>;
/** A pod whose events are wanted. */
export type Subject = {
  readonly namespace: string;
  readonly uid: string;
  readonly createdAt: number;
};

/** Up to so many pods of a namespace are asked for one by one; more with one list of all. */
const FEW_PODS = 3;
/** An event that was taken in in the second before the pod's creation is still the pod's. */
const SECOND_MS = 1_000;

/** What events tell of one container. */
export function pullsOf(
  pulls: FailedPulls,
  uid: string,
  container: Pick<WaitingContainer, "name" | "kind">,
): ContainerPulls | undefined {
  return pulls.get(keyOf(uid, `${FIELD[container.kind]}{${container.name}}`));
}

/**
 * The failed pulls that events tell of. Where events cannot be read the rest is still worth having:
 * `unreadable` then says why.
 */
export async function failedPulls(
  client: Client,
  subjects: readonly Subject[],
  read: TextReader,
): Promise<{ pulls: FailedPulls; unreadable: readonly string[] }> {
  const pulls = new Map<string, ContainerPulls>();
  const unreadable: string[] = [];
  const byNamespace = Map.groupBy(subjects, (subject) => subject.namespace);
  for (const [namespace, pods] of byNamespace) {
    const wanted = new Map(pods.map((pod) => [pod.uid, pod]));
    for (const fieldSelector of selectorsFor(pods)) {
      const request = { resource: "events", namespace, fieldSelector } as const;
      const listed = await gather(client, request, () => pullsIn(wanted, read));
      if (!listed.ok) unreadable.push(listed.error.message);
      else for (const [key, found] of listed.value) pulls.set(key, found);
    }
  }
  return { pulls, unreadable };
}

/** Takes one event after the other; none is kept as it came. */
function pullsIn(wanted: ReadonlyMap<string, Subject>, read: TextReader): Gathering<FailedPulls> {
  const pulls = new Map<string, ContainerPulls>();
  return {
    gathered: pulls,
    take(item) {
      const found = failureIn(item, wanted, read);
      if (found !== null) pulls.set(found.key, withFailure(pulls.get(found.key), found.failure));
    },
  };
}

function selectorsFor(pods: readonly Subject[]): readonly string[] {
  const failed = "reason=Failed,type=Warning";
  if (pods.length > FEW_PODS) return [failed];
  return pods.map((pod) => `involvedObject.uid=${pod.uid},${failed}`);
}

function failureIn(
  item: unknown,
  wanted: ReadonlyMap<string, Subject>,
  read: TextReader,
): { key: string; failure: FailureEvent } | null {
  const parsed = Event.safeParse(item);
  if (!parsed.success) return null;
  const { involvedObject, message, ...event } = parsed.data;
  const pod = wanted.get(involvedObject.uid);
  const cause = FAILED_PULL.exec(message)?.groups?.["cause"];
  if (pod === undefined || cause === undefined) return null;
  const takenIn = takenInAt(event);
  if (takenIn !== null && takenIn < pod.createdAt - SECOND_MS) return null;
  const { said, text } = read(cause);
  const count = event.count ?? event.series?.count ?? 1;
  const { firstAt, lastAt } = timesOf(event, takenIn);
  return {
    key: keyOf(involvedObject.uid, involvedObject.fieldPath ?? ""),
    failure: { message: { ...said, firstAt, lastAt, from: "event" }, count, text },
  };
}

type Times = Omit<z.infer<typeof Event>, "message" | "involvedObject">;

/** When the API server took it in last, by its own clock; null where it does not say. */
function takenInAt({ metadata }: Times): number | null {
  const written = metadata?.managedFields?.flatMap(({ time }) => time ?? []) ?? [];
  return written.length > 0 ? Math.max(...written) : (metadata?.creationTimestamp ?? null);
}

/**
 * The first and the last failure by the API server's clock: the kubelet's own times come from its node's,
 * and only the span between them is used. Where the server does not say, they have to do.
 */
function timesOf(
  event: Times,
  takenIn: number | null,
): { readonly firstAt: number | null; readonly lastAt: number | null } {
  const first = event.firstTimestamp ?? event.eventTime;
  const last = event.lastTimestamp ?? event.series?.lastObservedTime ?? event.eventTime;
  if (takenIn === null) return { firstAt: first, lastAt: last };
  const spanMs = first === null || last === null ? 0 : Math.max(0, last - first);
  return { firstAt: takenIn - spanMs, lastAt: takenIn };
}

function keyOf(uid: string, fieldPath: string): string {
  return `${uid}/${fieldPath}`;
}
