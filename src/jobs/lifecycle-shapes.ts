// The moves that the events share: ending a job, queueing it again, and the shapes of the answers.
import type { Job, JobIn, Reason, Scope } from "../protocol/job.ts";
import type { Outcome } from "../protocol/report.ts";
import type { JobEvent, Limits, Moved, NoAnswer, NotMoved } from "./lifecycle-event.ts";

/** `at`: ms since the epoch; `by` null: nobody ended it but the agent or the time. */
export function finish(
  job: Exclude<Job, { state: "finished" }>,
  ending: { readonly at: number; readonly outcome: Outcome; readonly by: string | null },
): JobIn<"finished"> {
  return { ...commonOf(job), state: "finished", ...ending };
}

/**
 * What came in during the lease joins: the next attempt looks for it too. It stays `dirty` until
 * that attempt begins, because the old one may still report late and end the job.
 */
export function requeue(job: JobIn<"leased">, notBefore: number): JobIn<"queued"> {
  const { dirty, approval } = job;
  const origin = dirty?.origin.person === true && !job.origin.person ? dirty.origin : job.origin;
  const registry = dirty?.registry ?? job.registry;
  const wider = widerOf(job, dirty);
  return {
    ...commonOf(job),
    origin,
    registry,
    ...wider,
    state: "queued",
    notBefore,
    dirty,
    approval,
  };
}

/** An undo for all clusters is not forgotten for one that is for this cluster alone. */
export function widerOf(...asked: readonly ({ readonly scope?: Scope | undefined } | null)[]): {
  readonly scope?: Scope;
} {
  return asked.some((one) => one?.scope === "all") ? { scope: "all" } : {};
}

type Common = Omit<JobIn<"queued">, "state" | "notBefore" | "dirty" | "approval">;

/** What survives a change of state. */
export function commonOf(job: Job): Common {
  return {
    v: job.v,
    id: job.id,
    cluster: job.cluster,
    kind: job.kind,
    origin: job.origin,
    registry: job.registry,
    ...widerOf(job),
    createdAt: job.createdAt,
    dueAt: job.dueAt,
    attempts: job.attempts,
    releases: job.releases,
    asks: job.asks,
    fence: job.fence,
    intent: job.intent,
    addsRule: job.addsRule,
    restartsAt: job.restartsAt,
    routerUncertain: job.routerUncertain,
    hasReport: job.hasReport,
    found: job.found,
    lateFence: job.lateFence,
    lastCall: job.lastCall,
  };
}

export function reasonToReopen(job: Job): Reason | null {
  return job.state === "finished" ? null : job.dirty;
}

export function keep(job: Job, opens: Reason | null = null): Moved<NoAnswer> {
  return { ok: true, job, answer: {}, keepReport: false, opens };
}

/** The event brought a report that is to be stored with the job. */
export function reported(job: Job, opens: Reason | null): Moved<NoAnswer> {
  return { ok: true, job: { ...job, hasReport: true }, answer: {}, keepReport: true, opens };
}

export function refuse(job: Job, event: JobEvent): NotMoved {
  const outcome = job.state === "finished" ? ` (${job.outcome})` : "";
  return conflict(`job ${job.id} is ${job.state}${outcome}: ${event.kind} is not possible now`);
}

export function conflict(why: string): NotMoved {
  return { ok: false, status: 409, why };
}

/** One more attempt, later; or the end, when a person asked for it or the attempts are used up. */
export function again(job: JobIn<"leased">, at: number, limits: Limits): Moved<NoAnswer> {
  const opens = reasonToReopen(job);
  if (job.cancelBy !== null)
    return keep(finish(job, { at, outcome: "cancelled", by: job.cancelBy }), opens);
  const attempts = job.attempts + 1;
  if (attempts > limits.attempts)
    return keep(finish(job, { at, outcome: "gave-up", by: null }), opens);
  const notBefore = at + limits.retryMs * 2 ** (job.attempts - 1);
  return keep({ ...requeue(job, notBefore), attempts });
}

/** The lease ended without a report: whether an announced write was made, nobody knows. */
export function lapse(job: JobIn<"leased">, at: number, limits: Limits): Moved<NoAnswer> {
  const routerUncertain = job.routerUncertain || job.intent !== null;
  return again({ ...job, routerUncertain }, at, limits);
}
