// What the open jobs of a cluster wait for: time, or an agent. Pure.
import type { Job } from "../protocol/job.ts";
import { nextDue } from "./lifecycle.ts";
import type { Limits } from "./lifecycle-event.ts";

/** The next moment (ms since the epoch) at which time alone changes something; null if none. */
export function nextMoment(open: readonly Job[], limits: Limits, now: number): number | null {
  const moments = open.flatMap((job) => {
    const due = nextDue(job, limits);
    const start = job.state === "queued" && job.notBefore > now ? [job.notBefore] : [];
    return due === null ? start : [...start, due];
  });
  return moments.length === 0 ? null : Math.min(...moments);
}

/** What an agent should know of now: jobs that it could claim, or that its job is cancelled. */
export function callsForAgent(open: readonly Job[], now: number): string[] {
  const leased = open.filter((job) => job.state === "leased");
  if (leased.length > 0)
    return leased.flatMap((job) => (job.cancelBy === null ? [] : [`stop ${job.id}`]));
  return open
    .filter((job) => job.state === "queued" && job.notBefore <= now)
    .map((job) => `claim ${job.id}`);
}
