// A job: one unit of work for one cluster. A union on `state`; its life is src/jobs/lifecycle.ts.
import * as z from "zod/mini";
import { ProgressReply, ReportReply } from "./replies.ts";
import { Outcome, Plan, Stage } from "./report.ts";

export const JobKind = z.enum(["remediate", "diagnose", "withdraw", "recheck"]);
export type JobKind = z.infer<typeof JobKind>;

/** Who asked. `person` decides what a hold and an empty cluster mean; it grants nothing else. */
export const Origin = z.object({
  via: z.enum(["alertmanager", "slack", "api", "worker"]),
  by: z.string(),
  person: z.boolean(),
});
export type Origin = z.infer<typeof Origin>;

export const Approval = z.object({
  hash: z.string(),
  by: z.string(),
  at: z.number(),
  until: z.number(),
});
export type Approval = z.infer<typeof Approval>;

/** Whom an undo is for: this cluster alone, or all clusters that use our rule on the router. */
export const Scope = z.enum(["mine", "all"]);
export type Scope = z.infer<typeof Scope>;

/** What a signal brings along that a later job must keep. */
export const Reason = z.object({
  origin: Origin,
  registry: z.nullable(z.string()),
  /** Only of an undo; left out: `mine`. */
  scope: z.optional(Scope),
});
export type Reason = z.infer<typeof Reason>;

/** The last call accepted under the newest fence, so that a repeated one gets the same answer. */
const LastCall = z.object({
  fence: z.number(),
  seq: z.number(),
  digest: z.string(),
  answer: z.union([ProgressReply, ReportReply]),
});

/** Times are milliseconds since the epoch; `fence` is the newest fencing token, 0 before a claim. */
const common = {
  v: z.literal(1),
  id: z.string(),
  cluster: z.string(),
  kind: JobKind,
  origin: Origin,
  registry: z.nullable(z.string()),
  /** Only of an undo; left out: `mine`. */
  scope: z.optional(Scope),
  createdAt: z.number(),
  /** When it was first to be claimed: its age counts from here, whatever a hold made of the start. */
  dueAt: z.number(),
  /** The attempt that runs, or will run next; from 1. */
  attempts: z.number(),
  /** How often an agent handed it back; beyond a limit each counts as an attempt. */
  releases: z.number(),
  asks: z.number(),
  fence: z.number(),
  /** What the agent was about to write to the router when it last said so; null once that is settled. */
  intent: z.nullable(z.string()),
  /** This job announced that it adds our rule: a later attempt of it may take the rule back. */
  addsRule: z.boolean(),
  /** When this job first announced restarts; pods made since then were restarted by it. */
  restartsAt: z.nullable(z.number()),
  /** The lease lapsed after an intent to write: nobody knows whether the router was changed. */
  routerUncertain: z.boolean(),
  hasReport: z.boolean(),
  /** What the kept report is about, for lists; null: no report, or an early one. */
  found: z._default(
    z.nullable(z.object({ verdict: z.string(), host: z.nullable(z.string()) })),
    null,
  ),
  /** The fence whose lease was over when its agent reported all the same; 0: none did. */
  lateFence: z._default(z.number(), 0),
  lastCall: z.nullable(LastCall),
};

export const Job = z.discriminatedUnion("state", [
  // Entered by a signal, a retry, a release or an approval. Left by a claim, a cancel or age.
  z.object({
    ...common,
    state: z.literal("queued"),
    notBefore: z.number(),
    /** Came in while an attempt ran or may still report: kept until the next claim. */
    dirty: z.nullable(Reason),
    approval: z.nullable(Approval),
  }),
  // Entered by a claim. Left by a report, or when the lease lapses. `claimId` makes a claim
  // whose answer was lost repeatable; a signal that came in meanwhile makes it
  // `dirty`: when this job ends, a new one is opened.
  z.object({
    ...common,
    state: z.literal("leased"),
    agent: z.string(),
    /** Which process of that name; null: an older agent, which does not say. */
    process: z._default(z.nullable(z.string()), null),
    claimId: z.string(),
    since: z.number(),
    until: z.number(),
    dirty: z.nullable(Reason),
    cancelBy: z.nullable(z.string()),
    approval: z.nullable(Approval),
    /** What the agent does now, as it last said. */
    stage: z._default(z.nullable(Stage), null),
    /** Since when it does that. */
    stageSince: z._default(z.nullable(z.number()), null),
    /** What it waits for, and until when. */
    waits: z._default(
      z.nullable(z.object({ what: z.string(), until: z.nullable(z.number()) })),
      null,
    ),
  }),
  // Entered when the agent asks a person. Left by approve, dismiss, cancel or time.
  z.object({
    ...common,
    state: z.literal("awaiting"),
    dirty: z.nullable(Reason),
    plan: Plan,
    planHash: z.string(),
    until: z.number(),
  }),
  // Entered once, never left.
  z.object({
    ...common,
    state: z.literal("finished"),
    at: z.number(),
    outcome: Outcome,
    by: z.nullable(z.string()),
  }),
]);
export type Job = z.infer<typeof Job>;
export type JobIn<S extends Job["state"]> = Extract<Job, { state: S }>;
