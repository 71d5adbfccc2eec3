// A person takes back what one job did: the click on its Undo, which counts once.
import { UNDO_ASKED } from "../jobs/logged-event.ts";
import { jobView, type JobView } from "../jobs/job-view.ts";
import { refuse, type Result, unknownJob } from "../jobs/result.ts";
import type { Signal } from "../jobs/signal.ts";
import type { ClusterState } from "./cluster-state.ts";
import { takeSignal } from "./take-signal.ts";

/**
 * Opens (or joins) the undo for the rule that this job left behind. `first` names who asked before,
 * and then nothing happens.
 */
export function takeUndo(
  cluster: ClusterState,
  asked: { readonly id: string; readonly signal: Signal; readonly by: string },
  now: number,
): Result<{ job: JobView; first: string | null }> {
  const { store } = cluster;
  const { id, signal, by } = asked;
  const job = store.jobs.find(id);
  if (job === null) return unknownJob(id);
  if (job.state !== "finished")
    return refuse(409, `job ${id} is ${job.state}: there is nothing to undo yet; cancel it`);
  const before = store.events.of(id).find(({ what }) => what === UNDO_ASKED);
  const undo = before === undefined ? null : store.jobs.find(before.detail);
  // One for all clusters is more than one for this cluster alone.
  const isMore = signal.scope === "all" && undo?.scope !== "all";
  if (before !== undefined && undo !== null && !isMore)
    return { ok: true, value: { job: jobView(undo), first: before.by } };
  const taken = takeSignal(cluster, signal, now);
  if (!taken.ok) return taken;
  if (taken.value === null) return refuse(409, "the undo was only recorded");
  store.events.log({ at: now, job: id, what: UNDO_ASKED, by, detail: taken.value.id });
  cluster.notify.note(job, now);
  return { ok: true, value: { job: jobView(taken.value), first: null } };
}
