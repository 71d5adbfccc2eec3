// What the agent's calls do to a job: progress, and the four ways in which it reports.
import type { Job, JobIn } from "../protocol/job.ts";
import type {
  AgentEvent,
  AgentReply,
  JobEvent,
  Limits,
  Moved,
  NoAnswer,
  Transition,
} from "./lifecycle-event.ts";
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
export function agentEvent(job: Job, event: AgentEvent, limits: Limits): Transition<AgentReply> {
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
  if (event.kind === "progress") return progress(job, event, limits);
  const moved = report(job, event, limits);
  if (!moved.ok) return moved;
  const { job: after } = moved;
  const outcome = after.state === "finished" ? after.outcome : null;
  return answer(moved, event, { state: after.state, outcome });
}

/** The answer is kept with the job, for the same call made again. */
function answer(
  moved: Moved<NoAnswer>,
  { fence, seq, digest }: AgentEvent,
  reply: AgentReply,
): Moved<AgentReply> {
  const lastCall = { fence, seq, digest, answer: reply };
  return { ...moved, answer: reply, job: { ...moved.job, lastCall } };
}

function progress(
  job: Job,
  event: Extract<JobEvent, { kind: "progress" }>,
  limits: Limits,
): Transition<AgentReply> {
  if (job.state !== "leased") return refuse(job, event);
  const until = Math.min(event.at + limits.leaseMs, job.since + limits.leaseMostMs);
  const renewed = {
    ...job,
    until,
    intent: event.intent ?? job.intent,
    ...nowDoing(job, event),
    addsRule: job.addsRule || event.adds === true,
    restartsAt: job.restartsAt ?? event.restarts ?? null,
  };
  return answer(keep(renewed), event, {
    cancel: job.cancelBy !== null,
    dirty: job.dirty !== null,
    leaseMs: Math.max(0, until - event.at),
  });
}

/** A new stage begins now and waits for nothing yet. */
function nowDoing(
  job: JobIn<"leased">,
  { at, stage = null, waits }: Extract<JobEvent, { kind: "progress" }>,
): Pick<JobIn<"leased">, "stage" | "stageSince" | "waits"> {
  const isNew = stage !== null && stage !== job.stage;
  const until = waits === undefined || waits.forMs === null ? null : at + waits.forMs;
  return {
    stage: stage ?? job.stage,
    stageSince: isNew ? at : job.stageSince,
    waits: waits === undefined ? (isNew ? null : job.waits) : { what: waits.what, until },
  };
}

function report(
  job: Job,
  event: Exclude<AgentEvent, { kind: "progress" }>,
  limits: Limits,
): Transition<NoAnswer> {
  if (job.state === "awaiting") return refuse(job, event);
  if (job.state === "finished") return reportOnFinished(job, event);
  if (job.state === "queued" && job.approval !== null) return besideApproval(job, event);
  switch (event.kind) {
    case "done": {
      const ending = { at: event.at, outcome: event.outcome, by: null };
      const settled = { ...finish(job, ending), intent: null, routerUncertain: false };
      return reported(settled, reasonToReopen(job));
    }
    case "ask":
      return ask(job, event, limits);
    case "retry":
      if (job.state !== "leased") return takeLate(job, event);
      return withItsReport(again(job, event.at, limits));
    case "release":
      if (job.state === "leased") return handBack(job, event, limits);
      return event.withReport ? takeLate(job, event) : keep(job);
  }
}

/**
 * What a person read and approved stays what is shown, and is carried out: whatever an earlier lease
 * still has to say, the next one looks for itself.
 */
function besideApproval(
  job: JobIn<"queued">,
  event: Exclude<AgentEvent, { kind: "progress" }>,
): Transition<NoAnswer> {
  if (event.kind === "release" && !event.withReport) return keep(job);
  return conflict(`job ${job.id} waits with an approved plan: its report stays`);
}

/** News from a lease that is over: kept once. */
function takeLate(job: JobIn<"queued">, event: AgentEvent): Transition<NoAnswer> {
  if (job.lateFence === event.fence)
    return conflict(
      `the lease under fence ${event.fence} is over, and was reported on late already`,
    );
  return reported({ ...job, lateFence: event.fence }, null);
}

/** Restarts of a node or a roll-out of the agent stay far below; an agent that only restarts not. */
const RELEASES_FREE = 20;

/** The agent shuts down: the job is handed back, with its report if the agent had got that far. */
function handBack(
  job: JobIn<"leased">,
  event: Extract<AgentEvent, { kind: "release" }>,
  limits: Limits,
): Transition<NoAnswer> {
  const moved = release(job, event.at, limits);
  return event.withReport ? withItsReport(moved) : moved;
}

/** As it was, unless a person wanted it ended. */
function release(job: JobIn<"leased">, at: number, limits: Limits): Moved<NoAnswer> {
  if (job.cancelBy !== null)
    return keep(finish(job, { at, outcome: "cancelled", by: job.cancelBy }), reasonToReopen(job));
  const handed = { ...job, releases: job.releases + 1 };
  return handed.releases <= RELEASES_FREE ? keep(requeue(handed, at)) : again(handed, at, limits);
}

function withItsReport({ job, opens }: Moved<NoAnswer>): Moved<NoAnswer> {
  return reported(job, opens);
}

/** Late news of a job that is over: kept if there is no report; of an ending there is only one. */
function reportOnFinished(
  job: JobIn<"finished">,
  event: Exclude<AgentEvent, { kind: "progress" }>,
): Transition<NoAnswer> {
  if (event.kind === "release" && !event.withReport) return keep(job);
  if (!job.hasReport) return reported(job, null);
  if (event.kind === "retry" || event.kind === "release") return keep(job);
  return conflict(`job ${job.id} is finished (${job.outcome}) and has its report`);
}

function ask(
  job: JobIn<"queued"> | JobIn<"leased">,
  event: Extract<JobEvent, { kind: "ask" }>,
  limits: Limits,
): Transition<NoAnswer> {
  const { at } = event;
  const opens = reasonToReopen(job);
  if (job.state === "leased" && job.cancelBy !== null)
    return reported(finish(job, { at, outcome: "cancelled", by: job.cancelBy }), opens);
  const asks = job.asks + 1;
  if (asks >= 3)
    return reported({ ...finish(job, { at, outcome: "plan-changed", by: null }), asks }, opens);
  return reported(
    {
      ...commonOf(job),
      asks,
      state: "awaiting",
      dirty: job.dirty,
      plan: event.plan,
      planHash: event.planHash,
      until: at + limits.awaitingMs,
    },
    null,
  );
}
