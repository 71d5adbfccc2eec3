// How a job ends for now, as plain data. The report is made of it once, in the loop.
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import type { Outcome, Plan, PodStory, Report, RuleState } from "../../src/protocol/report.ts";
import type { Reading } from "../../src/protocol/round.ts";
import { withoutLook, type Finding } from "../diagnosis/finding.ts";
import type { Result } from "../ports/result.ts";
import type { Work } from "../ports/world.ts";

/** What one stop says beyond the finding; what is left out did not happen. */
export type Told = {
  readonly outcome?: Outcome;
  readonly summary: string;
  readonly plan?: Plan | null;
  readonly pods?: readonly PodStory[];
  readonly after?: readonly Reading[];
  readonly rule?: RuleState | null;
  readonly recheck?: Report["recheck"];
  readonly error?: string;
  /** Rows that bear our mark and are not ours, in words; left out: as the finding saw them. */
  readonly leftAlone?: readonly string[];
};

/** Finished, to be tried again, or waiting for a person's word on the plan. */
export type Stop =
  | { readonly disposition: "done" | "retry"; readonly finding: Finding; readonly told: Told }
  | {
      readonly disposition: "ask";
      readonly finding: Finding;
      readonly told: Told & { readonly plan: Plan };
    };

/** A kind of job, carried out. Does not throw for what can be expected. */
export type CarryOut = (work: Work) => Promise<Stop>;

/** What a stage found, or what stops the job there. */
export type Staged<T> = Result<T, Stop>;

export function finish(finding: Finding, told: Told): Stop {
  return { disposition: "done", finding, told };
}

export function retry(finding: Finding, told: Told): Stop {
  return { disposition: "retry", finding, told };
}

/** The same stop; what it does not say itself is told besides. */
export function alsoTold(stop: Stop, more: Pick<Told, "plan" | "pods">): Stop {
  return stop.disposition === "ask" ? stop : { ...stop, told: { ...more, ...stop.told } };
}

/** Before any look at the pods. */
export const NOTHING_FOUND = withoutLook("not-looked");

export function stopWith(stop: Stop): { readonly ok: false; readonly error: Stop } {
  return { ok: false, error: stop };
}

export function goOn<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** After so many attempts the Worker starts no other (docs/design.md, 3): a failure is then the end. */
export const LAST_ATTEMPT = 3;

export function isLastAttempt(job: ClaimedJob): boolean {
  return job.attempts >= LAST_ATTEMPT;
}

/** Only `remediate` changes the site for a path's sake, and in no observing mode. */
export function mayChange(job: ClaimedJob, mode: "observe" | "approve" | "auto"): boolean {
  return job.kind === "remediate" && mode !== "observe";
}
