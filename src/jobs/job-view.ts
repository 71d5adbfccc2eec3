// A job as the API shows it: everything but what tells one call from another.
import type { Job } from "../protocol/job.ts";
import type { Stage } from "../protocol/report.ts";

export type JobView = {
  id: string;
  cluster: string;
  kind: Job["kind"];
  state: Job["state"];
  outcome: string | null;
  origin: Job["origin"];
  registry: string | null;
  createdAt: string;
  dueAt: string | null;
  finishedAt: string | null;
  attempt: number;
  fence: number;
  agent: string | null;
  /** What the agent does now, as it last said. */
  stage: Stage | null;
  /** Since when it does that, ms; null: not known. */
  stageSince: number | null;
  /** What it waits for, and until when, ms. */
  waits: { what: string; until: number | null } | null;
  leaseUntil: string | null;
  planHash: string | null;
  approvedBy: string | null;
  cancelAskedBy: string | null;
  endedBy: string | null;
  routerUncertain: boolean;
  hasReport: boolean;
  /** Of the kept report: its verdict, and the host that it is about. */
  verdict: string | null;
  host: string | null;
};

/** Times as ISO 8601; null where a state has no such thing. */
export function jobView(job: Job): JobView {
  const iso = (at: number): string => new Date(at).toISOString();
  return {
    id: job.id,
    cluster: job.cluster,
    kind: job.kind,
    state: job.state,
    outcome: job.state === "finished" ? job.outcome : null,
    origin: job.origin,
    registry: job.registry,
    createdAt: iso(job.createdAt),
    dueAt: job.state === "queued" ? iso(job.notBefore) : null,
    finishedAt: job.state === "finished" ? iso(job.at) : null,
    attempt: job.attempts,
    fence: job.fence,
    agent: job.state === "leased" ? job.agent : null,
    stage: job.state === "leased" ? job.stage : null,
    stageSince: job.state === "leased" ? job.stageSince : null,
    waits: job.state === "leased" ? job.waits : null,
    leaseUntil: job.state === "leased" || job.state === "awaiting" ? iso(job.until) : null,
    planHash: job.state === "awaiting" ? job.planHash : null,
    approvedBy:
      job.state === "queued" || job.state === "leased" ? (job.approval?.by ?? null) : null,
    cancelAskedBy: job.state === "leased" ? job.cancelBy : null,
    endedBy: job.state === "finished" ? job.by : null,
    routerUncertain: job.routerUncertain,
    hasReport: job.hasReport,
    verdict: job.found?.verdict ?? null,
    host: job.found?.host ?? null,
  };
}

/** Whether there is something new to see: a lease that was only renewed is not. */
export function looksOther(before: Job, after: Job): boolean {
  const seen = (job: Job): string => JSON.stringify({ ...job, until: 0, lastCall: null });
  return before.state !== after.state || seen(before) !== seen(after);
}
