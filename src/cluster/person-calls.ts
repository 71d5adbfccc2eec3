// A person's calls about one job: to look at it, and to decide. Each runs inside one transaction.
import * as z from "zod/mini";
import { jobView, type JobView } from "../jobs/job-view.ts";
import type { Ledger } from "./apply-event.ts";
import { type Settled, unknownJob } from "../jobs/result.ts";
import type { Target } from "../jobs/signal.ts";
import type { Store } from "./store/store.ts";
import type { LoggedEvent } from "../jobs/logged-event.ts";

export type JobStory = {
  job: JobView;
  /** As the agent sent it, JSON. */
  report: string | null;
  events: LoggedEvent[];
  targets: Target[];
};

export function jobStory(store: Store, id: string): Settled<JobStory> {
  const job = store.job(id);
  if (job === null) return unknownJob(id);
  const report = store.report(id);
  const events = store.events(id);
  const targets = store.targets(id);
  return { ok: true, value: { job: jobView(job), report, events, targets } };
}

/** Approve carries the hash of the plan that the person has read. */
export type Decision =
  | { readonly kind: "approve"; readonly hash: string }
  | { readonly kind: "dismiss"; readonly hash?: string }
  | { readonly kind: "cancel" };

export type Decided = {
  job: JobView;
  approvedBy: string | null;
  /** Somebody had approved this very plan before: nothing has changed. */
  already: boolean;
};

const Approval = z.object({ approvedBy: z.string(), already: z.boolean() });

export function decide(
  store: Store,
  ledger: Ledger,
  { id, decision, by }: { readonly id: string; readonly decision: Decision; readonly by: string },
  now: number,
): Settled<Decided> {
  const job = store.job(id);
  if (job === null) return unknownJob(id);
  const done = ledger.decide(job, { ...decision, at: now, by });
  if (!done.ok) return done;
  const approval = Approval.safeParse(done.value.answer).data;
  return {
    ok: true,
    value: {
      job: jobView(done.value.job),
      approvedBy: approval?.approvedBy ?? null,
      already: approval?.already ?? false,
    },
  };
}
