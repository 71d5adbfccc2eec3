// The Worker's moments in this agent's time: two clocks are never compared. Pure.
import type { ClaimedJob, ClaimReply } from "../../src/protocol/calls.ts";

/** The job with the Worker's moments as this clock would have shown them; `now`: ms since the epoch. */
export function inOurTime(
  job: ClaimedJob,
  { now: workersNow }: Pick<ClaimReply, "now">,
  now: number,
): ClaimedJob {
  if (workersNow === undefined) return job;
  const ours = (at: number): number => at - workersNow + now;
  const { approval, healing } = job;
  return {
    ...job,
    approval: approval === null ? null : { ...approval, until: ours(approval.until) },
    healing:
      healing === null
        ? null
        : { ...healing, since: ours(healing.since), goodRounds: healing.goodRounds.map(ours) },
  };
}
