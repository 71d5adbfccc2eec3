// A clock that was set back. Deadlines are stored as moments; one that is further ahead than its limit
// can have put it was stored before the step, and is due now. Pure; times are ms since the epoch.
import type { Job, JobIn } from "../protocol/job.ts";
import type { Hold, HoldTimes } from "./admit.ts";
import type { Limits } from "./lifecycle-event.ts";

/** Clocks are set by less than this while they are right. */
const SLACK_MS = 60_000;

/** Was this moment stored before the clock went back? `mostMs`: how far ahead it may be. */
export function isBeyond(at: number, mostMs: number, now: number): boolean {
  return at > now + mostMs + SLACK_MS;
}

/** The job with each moment that no limit allows set to now; the same object if there is none. */
export function withinLimits(job: Job, limits: Limits, now: number): Job {
  const due = (at: number, mostMs: number): number => (isBeyond(at, mostMs, now) ? now : at);
  switch (job.state) {
    case "queued":
      return changed(job, {
        notBefore: startsBeyond(job, limits, now) ? now : job.notBefore,
        dueAt: job.fence === 0 && !isBeyond(job.createdAt, 0, now) ? job.dueAt : due(job.dueAt, 0),
        approval: withinLimit(job.approval, limits, now),
      });
    case "leased":
      return changed(job, {
        since: due(job.since, 0),
        until: due(job.until, limits.leaseMs),
        approval: withinLimit(job.approval, limits, now),
      });
    case "awaiting":
      return changed(job, { until: due(job.until, limits.awaitingMs) });
    case "finished":
      return job;
  }
}

/** A job that nobody has claimed waits for its hold or its recheck, counted from its opening. */
function startsBeyond(job: JobIn<"queued">, limits: Limits, now: number): boolean {
  if (job.fence === 0) return isBeyond(job.createdAt, 0, now) && job.notBefore > now;
  const pauseMs = job.attempts < 2 ? 0 : limits.retryMs * 2 ** (job.attempts - 2);
  return isBeyond(job.notBefore, pauseMs, now);
}

function withinLimit(
  approval: JobIn<"queued">["approval"],
  { approvalMs }: Limits,
  now: number,
): JobIn<"queued">["approval"] {
  if (approval === null || !isBeyond(approval.until, approvalMs, now)) return approval;
  return { ...approval, until: now };
}

function changed<J extends Job>(job: J, times: Partial<J>): J {
  const next = { ...job, ...times };
  return JSON.stringify(next) === JSON.stringify(job) ? job : next;
}

/** The hold, over now if it was to end later than its kind allows. */
export function holdWithinLimits(hold: Hold | null, times: HoldTimes, now: number): Hold | null {
  if (hold === null || hold.until === null) return hold;
  const { failures, by } = hold;
  const plainMs = by === null ? times.shortMs : times.dismissedMs;
  const doubledMs = Math.min(times.shortMs * 2 ** (failures - 1), times.mostMs);
  const mostMs = failures === 0 ? plainMs : doubledMs;
  return isBeyond(hold.until, mostMs, now) ? { ...hold, until: now } : hold;
}
