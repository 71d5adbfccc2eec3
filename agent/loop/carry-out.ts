// A job by its kind, to its end, also when something throws: what was done so far is always told.
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import { errorTrace } from "../basics/error-text.ts";
import { recheck } from "../jobs/recheck.ts";
import { remediate } from "../jobs/remediate.ts";
import { withdraw } from "../jobs/withdraw.ts";
import { NOTHING_FOUND, retry, type CarryOut, type Stop } from "../plan/stop.ts";
import type { Work } from "../ports/world.ts";

/** Kinds this agent carries out. Whatever else a job may be, it is never claimed. */
export const KINDS = ["remediate", "diagnose", "withdraw", "recheck"] as const;

const BY_KIND: Readonly<Record<ClaimedJob["kind"], CarryOut>> = {
  remediate,
  diagnose: remediate,
  withdraw,
  recheck,
};

/** Never rejects. A job that throws is tried again, or handed back if the agent was told to stop. */
export async function carryOut(work: Work, stopping: () => boolean): Promise<Stop> {
  const { job, world } = work;
  try {
    return await BY_KIND[job.kind](work);
  } catch (cause) {
    if (stopping()) {
      const summary = "The agent was told to stop; the job is handed back.";
      return retry(NOTHING_FOUND, { summary });
    }
    const error = errorTrace(cause);
    world.log("job failed", { job: job.id, error });
    const summary = "The agent failed in the middle of this job; what it did so far is listed.";
    return retry(NOTHING_FOUND, { summary, error });
  }
}
