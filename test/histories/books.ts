// What the Worker remembers between the attempts of a job and between jobs (src/jobs), as far as the
// agent is told of it.
import type { Ending } from "../support/a-world.ts";
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import type { RuleState } from "../../src/protocol/report.ts";
import { aJob, BY_PERSON } from "../support/a-policy.ts";
import type { JobStep } from "./history.ts";

const HOUR = 3_600_000;
const MOST_ATTEMPTS = 3;
const BY_ALERT = aJob().origin;

export type Books = {
  /** Our rule as the last report saw it. */
  readonly rule: RuleState | null;
  /** The open job of this kind, or a new one. */
  claim(job: Exclude<JobStep["job"], "refresh">, now: number): ClaimedJob;
  announce(job: ClaimedJob, write: Announced, now: number): void;
  /** True if another attempt follows. */
  report(job: ClaimedJob, ending: Ending): boolean;
  /** The lease lapsed without a report. */
  lapse(job: ClaimedJob): void;
};

type Announced = {
  readonly on: "router" | "cluster";
  readonly what: string;
  readonly adds: boolean;
};

export function openBooks(): Books {
  const open = new Map<string, ClaimedJob>();
  let rule: RuleState | null = null;
  let jobs = 0;
  const again = (job: ClaimedJob): boolean => {
    const next = { ...(open.get(job.id) ?? job), attempts: job.attempts + 1 };
    const left = next.attempts <= MOST_ATTEMPTS;
    if (left) open.set(job.id, next);
    else open.delete(job.id);
    return left;
  };
  return {
    get rule() {
      return rule;
    },
    claim(job, now) {
      const kind = job === "withdraw" || job === "recheck" ? job : "remediate";
      const person = job === "fix" || job === "withdraw";
      const already = [...open.values()].find(
        (one) => one.kind === kind && one.origin.person === person,
      );
      // A person's word ends what else is open (docs/design.md section 3).
      if (person) for (const { id } of open.values()) if (id !== already?.id) open.delete(id);
      const rounds = [24, 20, 16, 12, 8].map((hours) => now - hours * HOUR);
      const claimed = aJob({
        ...(already ?? { id: `job-${(jobs += 1)}`, kind }),
        origin: person ? BY_PERSON : BY_ALERT,
        healing:
          kind === "recheck"
            ? {
                since: now - 30 * HOUR,
                goodRounds: rounds,
                neededRounds: 6,
                neededMs: 24 * HOUR,
                relapses: 0,
              }
            : null,
      });
      open.set(claimed.id, claimed);
      return claimed;
    },
    announce(job, { on, what, adds }, now) {
      const known = open.get(job.id) ?? job;
      if (on === "router") rule = { state: "unknown", ours: true, at: now };
      open.set(job.id, {
        ...known,
        intent: on === "router" ? what : known.intent,
        addsRule: known.addsRule || adds,
        restartsAt: known.restartsAt ?? (on === "cluster" ? now : null),
      });
    },
    report(job, { disposition, report }) {
      rule = report.rule ?? rule;
      if (disposition === "retry") return again(job);
      open.delete(job.id);
      return false;
    },
    lapse: (job) => void again(job),
  };
}
