// Time has its effect first in every call and in every alarm. Times are ms since the epoch.
import { holdWithinLimits, withinLimits } from "../jobs/clock-step.ts";
import { callsForAgent, nextMoment } from "../jobs/due.ts";
import { uncertainty } from "../jobs/event-of.ts";
import { nextDue } from "../jobs/lifecycle.ts";
import type { Job } from "../protocol/job.ts";
import { applyEvent, setHold } from "./apply-event.ts";
import type { ClusterState } from "./cluster-state.ts";

/** Lapsed leases, jobs too old, and what a clock that was set back makes due. */
export function advanceTime(cluster: ClusterState, now: number): void {
  const { store, holds, holdTimes, limits } = cluster;
  const hold = holdWithinLimits(holds.current(), holdTimes, now);
  setHold(cluster, hold, { at: now, by: "clock" });
  for (const stored of store.jobs.open()) {
    const job = afterClockStep(cluster, stored, now);
    const due = nextDue(job, limits);
    if (due === null || due > now) continue;
    const kind = job.state === "leased" ? "lapse" : "expire";
    applyEvent(cluster, { job, event: { kind, at: now }, detail: uncertainty(job) });
  }
}

/** The job with each moment that no limit allows set to now, stored and told. */
function afterClockStep(cluster: ClusterState, stored: Job, now: number): Job {
  const job = withinLimits(stored, cluster.limits, now);
  if (job === stored) return job;
  cluster.store.jobs.save(job);
  cluster.notify.change(stored, job, now);
  const what = "due: the clock went back";
  cluster.store.events.log({ at: now, job: job.id, what, by: "clock", detail: "" });
  return job;
}

/** The next moment at which time alone changes something; null if nothing is open. */
export function nextMomentOf({ store, limits }: ClusterState, now: number): number | null {
  return nextMoment(store.jobs.open(), limits, now);
}

/** What an agent should know of now. */
export function callsForAgentOf({ store }: ClusterState, now: number): string[] {
  return callsForAgent(store.jobs.open(), now);
}
