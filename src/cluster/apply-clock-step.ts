import type { Job } from "../protocol/job.ts";
import { withinLimits } from "../jobs/clock-step.ts";
import type { Limits } from "../jobs/lifecycle-event.ts";
import type { Store } from "./store/store.ts";

/** Stores and tells what a clock that was set back makes due of this job; part of the caller's transaction. */
export function afterClockStep(
  books: {
    readonly store: Store;
    readonly limits: Limits;
    readonly tell: (before: Job, after: Job, now: number) => void;
  },
  stored: Job,
  now: number,
): Job {
  const job = withinLimits(stored, books.limits, now);
  if (job === stored) return job;
  books.store.save(job);
  books.tell(stored, job, now);
  const what = "due: the clock went back";
  books.store.log({ at: now, job: job.id, what, by: "clock", detail: "" });
  return job;
}
