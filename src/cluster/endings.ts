// How a cluster's jobs ended: the last one, and the worst of each of the last thirty days.
import * as z from "zod/mini";
import { jobView } from "../jobs/job-view.ts";
import { JobKind, type JobIn } from "../protocol/job.ts";
import { toneOf } from "../story/words.ts";
import type { Store } from "./store/store.ts";

const Ending = z.object({
  job: z.string(),
  kind: JobKind,
  outcome: z.string(),
  tone: z.enum(["good", "no", "bad"]),
  at: z.number(),
});
/** The newest ending of a job that looked at pods; `tone` as `toneOf` has it. */
export type Ending = z.infer<typeof Ending>;

const Days = z.record(z.string(), z.enum(["good", "no", "bad"]));
/** By date, `2026-11-23` (UTC). */
export type Days = z.infer<typeof Days>;

const Endings = z.object({ last: z.nullable(Ending), days: Days });
export type Endings = z.infer<typeof Endings>;

const KEPT_MS = 30 * 86_400_000;
const WORSE = ["good", "no", "bad"] as const;

export function endingsOf(store: Store): Endings {
  return store.facts.read("endings", Endings, () => null) ?? { last: null, days: {} };
}

/** Part of the caller's transaction: one row an ending. A recheck's is routine; a cancelled job ended nothing. */
export function noteEnding(store: Store, job: JobIn<"finished">): void {
  if (job.kind === "recheck" || job.outcome === "cancelled") return;
  const word = toneOf(jobView(job));
  const tone = WORSE.find((one) => one === word) ?? "no";
  const { last, days } = endingsOf(store);
  const today = dateOf(job.at);
  const first = dateOf(job.at - KEPT_MS);
  const kept = Object.entries(days).filter(([date]) => date > first);
  const worst = WORSE.findLast((one) => one === tone || one === days[today]) ?? tone;
  const { id, kind, outcome, at } = job;
  // What somebody only looked at says nothing of whether pods pull.
  const newest = kind === "diagnose" ? last : { job: id, kind, outcome, tone, at };
  store.facts.save("endings", {
    last: newest,
    days: { ...Object.fromEntries(kept), [today]: worst },
  });
}

/** An ending goes with its job. */
export function sweepEndings(store: Store): void {
  const { last, days } = endingsOf(store);
  if (last !== null && store.jobs.find(last.job) === null)
    store.facts.save("endings", { last: null, days });
}

function dateOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
