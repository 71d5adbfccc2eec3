// A person's calls about one job: to look at it, and to decide. Each runs inside one transaction.
import type { Job } from "../protocol/job.ts";
import { jobView, type JobView } from "../jobs/job-view.ts";
import { approve } from "../jobs/lifecycle.ts";
import { type Result, unknownJob } from "../jobs/result.ts";
import type { JobRecord } from "../story/story.ts";
import { applyEvent, commit } from "./apply-event.ts";
import type { ClusterState } from "./cluster-state.ts";
import type { Store } from "./store/store.ts";

export function jobRecord(store: Store, id: string): Result<JobRecord> {
  const job = store.jobs.find(id);
  return job === null ? unknownJob(id) : { ok: true, value: recordOf(store, job) };
}

export function recordOf(store: Store, job: Job): JobRecord {
  const { id } = job;
  const [report, events, targets] = [
    store.reports.of(id),
    store.events.of(id),
    store.targets.of(id),
  ];
  return { job: jobView(job), report, events, targets };
}

/** Approve carries the hash of the plan that the person has read. */
export type Decision =
  | { readonly kind: "approve"; readonly hash: string }
  | { readonly kind: "dismiss"; readonly hash?: string }
  | { readonly kind: "cancel" };

export type Decided = {
  job: JobView;
  approvedBy: string | null;
  /** Somebody had approved this very plan before: nothing has changed. */
  already: boolean;
};

const NO_END = "the hold stays: alerts start nothing until a person asks for remediate";

/** A person's word on one job. To cancel an undo is not to ask for the rule again. */
export function decide(
  cluster: ClusterState,
  { id, decision, by }: { readonly id: string; readonly decision: Decision; readonly by: string },
  now: number,
): Result<Decided> {
  const { store, limits, holds } = cluster;
  const job = store.jobs.find(id);
  if (job === null) return unknownJob(id);
  if (decision.kind === "approve") {
    const event = { ...decision, at: now, by };
    const moved = approve(job, event, limits);
    const done = commit(cluster, { job, event, detail: decision.hash }, moved);
    if (!done.ok) return done;
    return { ok: true, value: { ...done.value.answer, job: jobView(done.value.job) } };
  }
  const staysHeld =
    decision.kind === "cancel" && job.kind === "withdraw" && holds.current()?.until === null;
  const event = { ...decision, at: now, by };
  const done = applyEvent(cluster, { job, event, detail: staysHeld ? NO_END : "" });
  if (!done.ok) return done;
  return { ok: true, value: { job: jobView(done.value.job), approvedBy: null, already: false } };
}
