import { clashOf, holdOnRequest } from "../jobs/admit.ts";
import { refuse, type Result } from "../jobs/result.ts";
import type { Signal } from "../jobs/signal.ts";
import type { Job } from "../protocol/job.ts";
import { applyEvent, openJobOf, setHold, takeReason } from "./apply-event.ts";
import type { ClusterState } from "./cluster-state.ts";

/** Takes a signal in. Null: it was only recorded, because a hold without end stands. */
export function takeSignal(cluster: ClusterState, signal: Signal, now: number): Result<Job | null> {
  const { store, holds, rule } = cluster;
  const { kind, origin, registry, scope } = signal;
  const reason = { origin, registry, ...(scope === undefined ? {} : { scope }) };
  const clash = clashOf(reason, openJobOf(cluster, kind));
  if (clash !== null) return refuse(409, clash);
  const hold = holdOnRequest(kind, origin, holds.current());
  setHold(cluster, hold, { at: now, by: origin.by });
  if (kind === "remediate" && origin.person) rule.forgiveRelapses();
  const job = takeReason(cluster, { kind, reason }, now);
  // After the undo is open, so that no recheck follows the one that it cancels.
  if (kind === "withdraw" && origin.person)
    for (const other of store.jobs.open())
      if (other.kind === "remediate" || other.kind === "recheck")
        cancelForUndo(cluster, other, { at: now, by: origin.by });
  if (job === null) return { ok: true, value: null };
  const added = store.targets.add(job.id, signal.targets);
  if (added > 0) {
    const cut = signal.truncatedAlerts > 0 ? `; ${signal.truncatedAlerts} alerts cut off` : "";
    const detail = `${added} target(s)${cut}`;
    store.events.log({ at: now, job: job.id, what: "signal", by: origin.by, detail });
  }
  return { ok: true, value: job };
}

/** What joined the job before the undo goes with it: it must not put the rule back afterwards. */
function cancelForUndo(
  cluster: ClusterState,
  job: Job,
  who: { readonly at: number; readonly by: string },
): void {
  const alone = job.state === "finished" ? job : { ...job, dirty: null };
  cluster.store.jobs.save(alone);
  applyEvent(cluster, { job: alone, event: { kind: "cancel", ...who }, detail: "undo asked" });
}
