import * as z from "zod/mini";
import { jsonOf } from "../../jobs/json.ts";
import type { Target } from "../../jobs/signal.ts";

const TARGETS_A_JOB = 100;

const text = z._default(z.nullable(z.string()), null);
const Stored: z.ZodMiniType<Target> = z.object({
  namespace: z.string(),
  pod: z.string(),
  uid: text,
  container: text,
  reason: text,
  episode: z._default(z.nullable(z.object({ fingerprint: text, startsAt: z.string() })), null),
  unverified: z._default(z.boolean(), false),
});

/** The pods that a job has on disk: uids by `namespace/pod`. */
type Known = { readonly job: string; readonly pods: Map<string, Set<string>>; count: number };

/** The pods that signals named. */
export function openTargets(sql: SqlStorage) {
  const rows = (job: string): { key: string; doc: string }[] =>
    sql
      .exec<{ key: string; doc: string }>("SELECT key, doc FROM targets WHERE job = ?", job)
      .toArray();
  /** Of the job that signals join now. */
  let kept: Known | null = null;

  function knownOf(job: string): Known {
    if (kept?.job === job) return kept;
    const stored = rows(job);
    const pods = new Map<string, Set<string>>();
    for (const { key } of stored) {
      const [namespace, pod, uid] = key.split("/");
      remember(pods, `${namespace}/${pod}`, uid ?? "");
    }
    return (kept = { job, pods, count: stored.length });
  }

  return {
    /** What is kept in memory may not be what is on disk any more. */
    forget: (): void => void (kept = null),
    /** One that cannot be read is left out: they are for people, the agent looks for itself. */
    of: (job: string): Target[] =>
      rows(job).flatMap(({ doc }) => {
        const read = Stored.safeParse(jsonOf(doc));
        return read.success ? [read.data] : [];
      }),
    /**
     * Adds the targets that the job does not have yet, up to 100 in all; how many were added. One pod
     * is one target: an alert without a uid means the same pod as one with it.
     */
    add(job: string, targets: readonly Target[]): number {
      const known = knownOf(job);
      let added = 0;
      for (const target of targets) {
        if (known.count >= TARGETS_A_JOB) break;
        const pod = `${target.namespace}/${target.pod}`;
        const uid = target.uid ?? "";
        const uids = known.pods.get(pod);
        if (uids !== undefined && (uid === "" || uids.has("") || uids.has(uid))) continue;
        remember(known.pods, pod, uid);
        known.count += 1;
        const doc = JSON.stringify(target);
        sql.exec("INSERT INTO targets (job, key, doc) VALUES (?, ?, ?)", job, `${pod}/${uid}`, doc);
        added += 1;
      }
      return added;
    },
    sweep(): void {
      kept = null;
      sql.exec("DELETE FROM targets WHERE job NOT IN (SELECT id FROM jobs)");
    },
  };
}

function remember(pods: Map<string, Set<string>>, pod: string, uid: string): void {
  pods.set(pod, (pods.get(pod) ?? new Set()).add(uid));
}
