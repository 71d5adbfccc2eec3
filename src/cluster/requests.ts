import { jobView, type JobView } from "../jobs/job-view.ts";
import { refuse, type Result } from "../jobs/result.ts";
import type { Signal } from "../jobs/signal.ts";
import type { ClusterState } from "./cluster-state.ts";
import { takeSignal } from "./take-signal.ts";

/** What tells a repeated request: the sender's key, and the digest of the body. */
type Idempotency = { readonly key: string; readonly digest: string };

export type PersonRequest = { readonly signal: Signal; readonly idempotency: Idempotency | null };

/** A person's request. The same idempotency key with the same body gives the same job. */
export function takeRequest(
  cluster: ClusterState,
  asked: PersonRequest,
  now: number,
): Result<{ job: JobView; repeated: boolean }> {
  const { store } = cluster;
  const { signal, idempotency } = asked;
  const before = idempotency === null ? null : store.idempotency.find(idempotency.key, now);
  if (before !== null && before.digest !== idempotency?.digest)
    return refuse(422, "this Idempotency-Key was used with another body; use a new key");
  const known = before === null ? null : store.jobs.find(before.job);
  if (known !== null) return { ok: true, value: { job: jobView(known), repeated: true } };
  const taken = takeSignal(cluster, signal, now);
  if (!taken.ok) return taken;
  const job = taken.value;
  if (job === null) return refuse(409, "a hold stands; a person's fix lifts it");
  if (idempotency !== null) {
    const { key, digest } = idempotency;
    store.idempotency.save(key, { digest, job: job.id }, now);
  }
  return { ok: true, value: { job: jobView(job), repeated: false } };
}
