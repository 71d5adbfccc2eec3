// Admission: what a signal becomes, given the open job of its kind and the cluster's hold. Pure.
// Times are milliseconds since the epoch.
import type { Job, Origin, Reason } from "../protocol/job.ts";
import type { Outcome } from "../protocol/report.ts";

/**
 * Why no new work starts for a while. `until` null: until a person asks. `failures` counts the
 * bad endings in a row that doubled it.
 */
export type Hold = {
  readonly until: number | null;
  readonly why: string;
  readonly by: string | null;
  readonly failures: number;
};

export type HoldTimes = {
  readonly shortMs: number;
  readonly mostMs: number;
  readonly dismissedMs: number;
};

export type Admission =
  | { readonly kind: "open"; readonly notBefore: number }
  /** The open job takes the signal in: it joins, turns dirty, or only records it. */
  | { readonly kind: "join" }
  | { readonly kind: "record"; readonly why: string };

/** A person's request is due at once; a signal waits for the hold to end, or is only recorded. */
export function admit(
  reason: Reason,
  { open, hold }: { readonly open: Job | null; readonly hold: Hold | null },
  now: number,
): Admission {
  if (open !== null && open.state !== "finished") return { kind: "join" };
  if (reason.origin.person || hold === null) return { kind: "open", notBefore: now };
  if (hold.until === null) return { kind: "record", why: hold.why };
  return { kind: "open", notBefore: Math.max(now, hold.until) };
}

/**
 * Why a person's request cannot join the open job of its kind: that one is for another registry, and
 * one of the two would be forgotten. Null if it can. An undo is for the one rule, whatever it names.
 */
export function clashOf(reason: Reason, open: Job | null): string | null {
  if (open === null || open.state === "finished" || open.kind === "withdraw") return null;
  if (!reason.origin.person || reason.registry === null) return null;
  const standing = open.dirty?.origin.person === true ? open.dirty : open;
  if (standing.registry === reason.registry) return null;
  // A signal's job is for whatever fails, and takes a name in; a plan that waits is already made.
  if (!standing.origin.person && open.state !== "awaiting") return null;
  const has = standing.registry === null ? "names no registry" : `is for ${standing.registry}`;
  return `the open ${open.kind} job ${open.id} ${has}, not ${reason.registry}: ask again when it is over, or cancel it`;
}

/** Endings after which trying again soon would do the same harm or nothing: each doubles the wait. */
const DOUBLING: readonly Outcome[] = ["no-better", "still-failing", "gave-up"];

/**
 * The hold after a `remediate` job ended; other kinds change nothing, but for a `recheck` that finds
 * the rule taken off by a person: the next alert must not put it back. A hold without end is not
 * shortened by any ending: only a person's next request lifts it (`holdOnRequest`).
 */
export function holdAfter(
  job: Extract<Job, { state: "finished" }>,
  before: Hold | null,
  times: HoldTimes,
): Hold | null {
  const why = `${job.kind} ended ${job.outcome}`;
  const by = job.by ?? job.origin.by;
  if ((job.kind !== "remediate" && job.kind !== "recheck") || before?.until === null) return before;
  if (job.outcome === "held-by-person")
    return { until: null, why: "a person removed or disabled the rule", by: null, failures: 0 };
  if (job.kind === "recheck") return before;
  if (job.outcome === "dismissed")
    return { until: job.at + times.dismissedMs, why: `dismissed by ${by}`, by, failures: 0 };
  if (!DOUBLING.includes(job.outcome))
    return { until: job.at + times.shortMs, why, by: null, failures: 0 };
  const failures = (before?.failures ?? 0) + 1;
  const waitMs = Math.min(times.shortMs * 2 ** (failures - 1), times.mostMs);
  return { until: job.at + waitMs, why, by: null, failures };
}

/** What a person's request does to the hold, before the job is admitted. */
export function holdOnRequest(kind: Job["kind"], origin: Origin, before: Hold | null): Hold | null {
  if (!origin.person) return before;
  if (kind === "remediate") return null;
  if (kind === "withdraw")
    return { until: null, why: `rule withdrawn by ${origin.by}`, by: origin.by, failures: 0 };
  return before;
}

/** The order in which an agent gets jobs: undoing first, then people, then looking, then signals. */
export function claimRank(job: Job): number {
  switch (job.kind) {
    case "withdraw":
      return 0;
    case "remediate":
      return job.origin.person ? 1 : 3;
    case "diagnose":
      return 2;
    case "recheck":
      return 4;
  }
}
