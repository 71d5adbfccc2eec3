// The life of a job: what each event does in each state. Pure; the Durable Object loads, asks this,
// and saves. The states are described in src/protocol/job.ts, the events in lifecycle-event.ts.
import type { Approval, Job, JobIn, Reason } from "../protocol/job.ts";
import { agentEvent } from "./lifecycle-agent.ts";
import type { ApprovalReply, JobEvent, Limits, Transition } from "./lifecycle-event.ts";
import {
  commonOf,
  conflict,
  finish,
  keep,
  lapse,
  reasonToReopen,
  refuse,
  widerOf,
} from "./lifecycle-shapes.ts";

/** What the event makes of the job, or why it is refused (409; 204 for "nothing to claim"). */
export function transition(job: Job, event: JobEvent, limits: Limits): Transition {
  switch (event.kind) {
    case "claim":
      return claim(job, event, limits);
    case "progress":
    case "done":
    case "ask":
    case "retry":
    case "release":
      return agentEvent(job, event, limits);
    case "lapse":
      return job.state === "leased" ? lapse(job, event.at, limits) : refuse(job, event);
    case "expire":
      return expire(job, event);
    case "approve":
      return approve(job, event, limits);
    case "dismiss":
      return dismiss(job, event);
    case "cancel":
      return cancel(job, event);
    case "signal":
      return signal(job, event);
  }
}

/** When time alone changes the job: a lapse, an age, or the moment at which it becomes due. */
export function nextDue(job: Job, limits: Limits): number | null {
  switch (job.state) {
    case "queued":
      return job.dueAt + limits.jobAgeMs;
    case "leased":
    case "awaiting":
      return job.until;
    case "finished":
      return null;
  }
}

type Claim = Extract<JobEvent, { kind: "claim" }>;

function claim(job: Job, event: Claim, limits: Limits): Transition {
  const nothing: Transition = { ok: false, status: 204, why: `job is ${job.state}` };
  if (!event.kinds.includes(job.kind)) return nothing;
  if (job.state === "leased" && job.agent === event.agent)
    return job.process === event.process
      ? claimAgain(job, event, limits)
      : takeOver(job, event, limits);
  if (job.state !== "queued" || job.notBefore > event.at) return nothing;
  return lease(job, event, limits);
}

/** The same process: its answer was lost, or it gave up on its report. */
function claimAgain(job: JobIn<"leased">, event: Claim, limits: Limits): Transition {
  const { at, claimId, fence } = event;
  if (job.claimId === claimId) return keep(job);
  const until = Math.min(at + limits.leaseMs, job.since + limits.leaseMostMs);
  const approval = freshApproval(job, at);
  return keep({
    ...job,
    claimId,
    fence,
    until,
    lastCall: null,
    approval,
    stage: null,
    stageSince: null,
    waits: null,
  });
}

/**
 * Another process of the holder's name: it was restarted, or two agents bear one name. Either counts
 * as an attempt, so that a job which kills its agent, or which two take from each other, ends.
 */
function takeOver(job: JobIn<"leased">, event: Claim, limits: Limits): Transition {
  const lapsed = lapse(job, event.at, limits);
  return lapsed.job.state === "queued" ? lease(lapsed.job, event, limits) : lapsed;
}

function lease(job: JobIn<"queued">, event: Claim, limits: Limits): Transition {
  return keep({
    ...commonOf(job),
    state: "leased",
    fence: event.fence,
    lastCall: null,
    agent: event.agent,
    process: event.process,
    claimId: event.claimId,
    since: event.at,
    until: event.at + limits.leaseMs,
    // What joined is looked for now; an approved plan is carried out for what it was made for.
    dirty: job.approval === null ? null : job.dirty,
    cancelBy: null,
    approval: freshApproval(job, event.at),
    stage: null,
    stageSince: null,
    waits: null,
  });
}

function freshApproval(job: Job, at: number): Approval | null {
  if (job.state !== "queued" && job.state !== "leased") return null;
  return job.approval !== null && job.approval.until > at ? job.approval : null;
}

/** A person's word on the plan that waits, or on the one that was approved before. */
export function approve(
  job: Job,
  event: Extract<JobEvent, { kind: "approve" }>,
  limits: Limits,
): Transition<ApprovalReply> {
  if (job.state === "queued" && job.approval !== null)
    return approveAgain(job, job.approval, event);
  if (job.state !== "awaiting") return refuse(job, event);
  if (job.planHash !== event.hash)
    return conflict(
      `the plan is now ${job.planHash}, not ${event.hash}: read it again, then approve`,
    );
  const approval = {
    hash: event.hash,
    by: event.by,
    at: event.at,
    until: event.at + limits.approvalMs,
  };
  return {
    ...keep({
      ...commonOf(job),
      state: "queued",
      notBefore: event.at,
      dirty: job.dirty,
      approval,
    }),
    answer: { approvedBy: event.by, already: false },
  };
}

function dismiss(job: Job, event: Extract<JobEvent, { kind: "dismiss" }>): Transition {
  if (job.state !== "awaiting") return refuse(job, event);
  if (event.hash !== undefined && event.hash !== job.planHash)
    return conflict(`the plan is now ${job.planHash}, not ${event.hash}: read it again`);
  return keep(
    finish(job, { at: event.at, outcome: "dismissed", by: event.by }),
    reasonToReopen(job),
  );
}

function approveAgain(
  job: JobIn<"queued">,
  approval: Approval,
  event: Extract<JobEvent, { kind: "approve" }>,
): Transition<ApprovalReply> {
  if (approval.hash !== event.hash)
    return conflict(`${approval.by} approved plan ${approval.hash}, not ${event.hash}`);
  if (approval.until <= event.at)
    return conflict(`the approval by ${approval.by} has run out: the agent will ask again`);
  return { ...keep(job), answer: { approvedBy: approval.by, already: true } };
}

function expire(job: Job, event: Extract<JobEvent, { kind: "expire" }>): Transition {
  switch (job.state) {
    case "queued":
      return keep(finish(job, { at: event.at, outcome: "expired", by: null }));
    case "awaiting":
      return keep(finish(job, { at: event.at, outcome: "expired", by: null }), reasonToReopen(job));
    case "leased":
    case "finished":
      return refuse(job, event);
  }
}

function cancel(job: Job, event: Extract<JobEvent, { kind: "cancel" }>): Transition {
  switch (job.state) {
    case "queued":
      return keep(finish(job, { at: event.at, outcome: "cancelled", by: event.by }));
    case "awaiting":
      return keep(
        finish(job, { at: event.at, outcome: "cancelled", by: event.by }),
        reasonToReopen(job),
      );
    case "leased":
      return keep({ ...job, cancelBy: job.cancelBy ?? event.by });
    case "finished":
      return refuse(job, event);
  }
}

function signal(job: Job, event: Extract<JobEvent, { kind: "signal" }>): Transition {
  const { reason, at } = event;
  const person = reason.origin.person;
  switch (job.state) {
    case "queued":
      return keep({
        ...job,
        origin: person && !job.origin.person ? reason.origin : job.origin,
        registry: reason.registry ?? job.registry,
        ...widerOf(job, reason),
        notBefore: person ? Math.min(job.notBefore, at) : job.notBefore,
        dueAt: person ? Math.min(job.dueAt, at) : job.dueAt,
        // An earlier attempt may still report, and must not end what it did not look for.
        dirty: job.fence === 0 ? null : firstOf(job.dirty, reason),
      });
    case "leased":
      return keep({ ...job, dirty: firstOf(job.dirty, reason) });
    case "awaiting":
      return keep(job);
    case "finished":
      return refuse(job, event);
  }
}

/** A person's reason before a signal's, else the first: senders that take turns write nothing. */
function firstOf(before: Reason | null, next: Reason): Reason {
  if (before === null) return next;
  const first = next.origin.person && !before.origin.person ? next : before;
  return { ...first, ...widerOf(before, next) };
}
