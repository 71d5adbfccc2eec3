// What the agent's calls do to a job: progress, and the four ways in which it reports.
import type { Job, JobIn, Reason } from "../protocol/job.ts";
import type { AgentEvent, JobEvent, Limits, Transition } from "./lifecycle-event.ts";
import {
  again,
  commonOf,
  conflict,
  finish,
  keep,
  reasonToReopen,
  refuse,
  reported,
  requeue,
} from "./lifecycle-shapes.ts";

/** The checks that come before every event of an agent, whatever the state. */
export function agentEvent(job: Job, event: AgentEvent, limits: Limits): Transition {
  if (job.fence === 0) return conflict(`nobody has claimed job ${job.id}`);
  if (event.fence !== job.fence)
    return conflict(
      `fence ${event.fence} is not this job's newest (${job.fence}): the lease is somebody else's now`,
    );
  const last = job.lastCall;
  if (last !== null && last.fence === event.fence && event.seq <= last.seq) {
    if (event.seq === last.seq && event.digest === last.digest)
      return { ok: true, job, answer: last.answer, keepReport: false, opens: null };
    return conflict(
      event.seq === last.seq
        ? `call ${event.seq} under fence ${event.fence} was made before with another body`
        : `call ${event.seq} under fence ${event.fence} comes after call ${last.seq}: numbers only grow`,
    );
  }
  const moved =
    event.kind === "progress" ? progress(job, event, limits) : report(job, event, limits);
  if (!moved.ok) return moved;
  const answer =
    event.kind === "progress"
      ? moved.answer
      : {
          state: moved.job.state,
          outcome: moved.job.state === "finished" ? moved.job.outcome : null,
        };
  const lastCall = { fence: event.fence, seq: event.seq, digest: event.digest, answer };
  return { ...moved, answer, job: { ...moved.job, lastCall } };
}

function progress(
  job: Job,
  event: Extract<JobEvent, { kind: "progress" }>,
  limits: Limits,
): Transition {
  if (job.state !== "leased") return refuse(job, event);
  const until = Math.min(event.at + limits.leaseMs, job.since + limits.leaseMostMs);
  const renewed = {
    ...job,
    until,
    intent: event.intent ?? job.intent,
    stage: event.stage ?? job.stage,
    addsRule: job.addsRule || event.adds === true,
    restartsAt: job.restartsAt ?? event.restarts ?? null,
  };
  const answer = {
    cancel: job.cancelBy !== null,
    dirty: job.dirty !== null,
    leaseMs: Math.max(0, until - event.at),
  };
  return { ok: true, job: renewed, answer, keepReport: false, opens: null };
}

function report(
  job: Job,
  event: Exclude<AgentEvent, { kind: "progress" }>,
  limits: Limits,
): Transition {
  if (job.state === "awaiting") return refuse(job, event);
  if (job.state === "finished") return reportOnFinished(job, event);
  if (job.state === "queued" && job.approval !== null) return besideApproval(job, event);
  switch (event.kind) {
    case "done":
      return reported(
        { ...finish(job, event.at, event.outcome, null), intent: null, routerUncertain: false },
        reasonToReopen(job),
      );
    case "ask":
      return ask(job, event, limits);
    case "retry":
      return job.state === "leased" ? retry(job, event.at, limits) : late(job, event, true);
    case "release":
      return job.state === "leased"
        ? handBack(job, event, limits)
        : late(job, event, event.withReport);
  }
}

function retry(job: JobIn<"leased">, at: number, limits: Limits): Transition {
  const moved = again(job, at, limits, false);
  return moved.ok ? reported(moved.job, moved.opens) : moved;
}

/**
 * What a person read and approved stays what is shown, and is carried out: whatever an earlier lease
 * still has to say, the next one looks for itself.
 */
function besideApproval(
  job: JobIn<"queued">,
  event: Exclude<AgentEvent, { kind: "progress" }>,
): Transition {
  if (event.kind === "release" && !event.withReport) return keep(job);
  return conflict(`job ${job.id} waits with an approved plan: its report stays`);
}

/** News from a lease that is over: kept once. */
function late(job: JobIn<"queued">, event: AgentEvent, withReport: boolean): Transition {
  if (!withReport) return keep(job);
  if (job.lateFence === event.fence)
    return conflict(
      `the lease under fence ${event.fence} is over, and was reported on late already`,
    );
  return reported({ ...job, lateFence: event.fence }, null);
}

/** Restarts of a node or a roll-out of the agent stay far below; an agent that only restarts not. */
const RELEASES_FREE = 20;

/** The agent shuts down: the job is handed back as it was, unless a person wanted it ended. */
function handBack(
  job: JobIn<"leased">,
  { at, withReport }: Extract<AgentEvent, { kind: "release" }>,
  limits: Limits,
): Transition {
  if (job.cancelBy !== null)
    return release(finish(job, at, "cancelled", job.cancelBy), withReport, reasonToReopen(job));
  const handed = { ...job, releases: job.releases + 1 };
  if (handed.releases <= RELEASES_FREE) return release(requeue(handed, at), withReport, null);
  const moved = again(handed, at, limits, false);
  return moved.ok ? release(moved.job, withReport, moved.opens) : moved;
}

/** A release comes with a report if the agent had got that far. */
function release(job: Job, withReport: boolean, opens: Reason | null): Transition {
  return withReport ? reported(job, opens) : keep(job, opens);
}

/** Late news of a job that is over: kept if there is no report; of an ending there is only one. */
function reportOnFinished(
  job: JobIn<"finished">,
  event: Exclude<AgentEvent, { kind: "progress" }>,
): Transition {
  const withReport = event.kind !== "release" || event.withReport;
  if (event.kind === "retry" || event.kind === "release")
    return release(job, withReport && !job.hasReport, null);
  return job.hasReport
    ? conflict(`job ${job.id} is finished (${job.outcome}) and has its report`)
    : reported(job, null);
}

function ask(
  job: JobIn<"queued"> | JobIn<"leased">,
  event: Extract<JobEvent, { kind: "ask" }>,
  limits: Limits,
): Transition {
  const opens = reasonToReopen(job);
  if (job.state === "leased" && job.cancelBy !== null)
    return reported(finish(job, event.at, "cancelled", job.cancelBy), opens);
  const asks = job.asks + 1;
  if (asks >= 3) return reported({ ...finish(job, event.at, "plan-changed", null), asks }, opens);
  return reported(
    {
      ...commonOf(job),
      asks,
      state: "awaiting",
      dirty: job.dirty,
      plan: event.plan,
      planHash: event.planHash,
      until: event.at + limits.awaitingMs,
    },
    null,
  );
}
