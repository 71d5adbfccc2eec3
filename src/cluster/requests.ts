import { jobView, type JobView } from "../jobs/job-view.ts";
import type { Ledger } from "./apply-event.ts";
import { refuse, type Settled } from "../jobs/result.ts";
import type { Signal } from "../jobs/signal.ts";
import type { Store } from "./store/store.ts";

/** What tells a repeated request: the sender's key, and the digest of the body. */
export type Idempotency = { readonly key: string; readonly digest: string };

/** A person's request. The same idempotency key with the same body gives the same job. */
export function takeRequest(
  store: Store,
  ledger: Ledger,
  asked: { readonly signal: Signal; readonly idempotency: Idempotency | null },
  now: number,
): Settled<{ job: JobView; repeated: boolean }> {
  const { signal, idempotency } = asked;
  const before = idempotency === null ? null : store.answered(idempotency.key, now);
  if (before !== null && before.digest !== idempotency?.digest)
    return refuse(422, "this Idempotency-Key was used with another body; use a new key");
  const known = before === null ? null : store.job(before.job);
  if (known !== null) return { ok: true, value: { job: jobView(known), repeated: true } };
  const taken = ledger.take(signal, now);
  if (!taken.ok) return taken;
  const job = taken.value;
  if (job === null) return refuse(409, "a hold stands; a person's fix lifts it");
  if (idempotency !== null) store.answer(idempotency.key, idempotency.digest, job.id, now);
  return { ok: true, value: { job: jobView(job), repeated: false } };
}
