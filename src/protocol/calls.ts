// The agent's calls to the Worker: paths, requests and replies. Additive changes keep the number.
import * as z from "zod";
import { Approval, JobKind, Origin } from "./job.ts";
import { Plan, Report, RuleState, Stage } from "./report.ts";

/** Protocol numbers that this code speaks. The agent sends `max`; the Worker answers 426 outside. */
export const PROTOCOL = { min: 1, max: 1 } as const;

/** A report is at most this long as JSON text (DESIGN: 256 KiB). */
export const REPORT_LIMIT_BYTES = 256 * 1024;

/** The doorbell's one message. It carries no data: the agent claims when it hears it. */
export const DOORBELL_RING = "ring";

export const paths = {
  claim: "/v1/agent/claim",
  progress: (id: string): string => `/v1/agent/jobs/${encodeURIComponent(id)}/progress`,
  report: (id: string): string => `/v1/agent/jobs/${encodeURIComponent(id)}/report`,
  doorbell: "/v1/agent/doorbell",
} as const;

const short = z.string().min(1).max(200);

export const ClaimRequest = z.object({
  protocol: z.number().int(),
  agent: short,
  claimId: short,
  version: z.string().max(100),
  node: z.string().max(253).nullable(),
  /** Kinds this agent knows; a job of another kind stays queued. */
  kinds: z.array(z.string().max(40)).max(20),
});
export type ClaimRequest = z.infer<typeof ClaimRequest>;

/**
 * What is known of the path's healing while our rule stands (`until-healed`). Times are ms since the
 * epoch. Healed: this many good rounds in a row, the first of them at least `neededMs` ago.
 */
export const Healing = z.object({
  /** Since when the rule stands. */
  since: z.number(),
  goodRounds: z.array(z.number()),
  neededRounds: z.number(),
  neededMs: z.number(),
  /** How often the path failed again within a week after it had healed. */
  relapses: z.number(),
});
export type Healing = z.infer<typeof Healing>;

/** What a claim hands to the agent: no more than it needs to look for itself. */
export const ClaimedJob = z.object({
  id: z.string(),
  kind: JobKind,
  cluster: z.string(),
  origin: Origin,
  registry: z.string().nullable(),
  attempts: z.number(),
  asks: z.number(),
  fence: z.number(),
  approval: Approval.nullable(),
  /** An earlier attempt said that it was about to write, and never reported. */
  intent: z.string().nullable(),
  addsRule: z.boolean(),
  restartsAt: z.number().nullable(),
  /** Only with a `recheck`. */
  healing: Healing.nullable().default(null),
});
export type ClaimedJob = z.infer<typeof ClaimedJob>;

export const ClaimReply = z.object({
  job: ClaimedJob.nullable(),
  leaseMs: z.number(),
  /** Our rule as the last report saw it; null if no report ever named one. */
  rule: RuleState.nullable(),
  worker: z.string(),
});
export type ClaimReply = z.infer<typeof ClaimReply>;

const agentCall = {
  protocol: z.number().int(),
  /** From 1: 0 is a job that nobody claimed. */
  fence: z.number().int().min(1),
  /** Grows with each call under one fence; a repeat must be byte for byte the same. */
  seq: z.number().int().min(0),
};

export const ProgressRequest = z.object({
  ...agentCall,
  stage: Stage.nullable(),
  /** The write that follows, in one line. Recorded before it happens. */
  intent: z
    .object({
      on: z.enum(["router", "cluster"]),
      what: z.string().max(500),
      /** The write adds our rule, where the agent has just seen none. */
      adds: z.boolean().default(false),
    })
    .nullable(),
});
export type ProgressRequest = z.infer<typeof ProgressRequest>;

export const ProgressReply = z.object({
  cancel: z.boolean(),
  dirty: z.boolean(),
  /** How long the lease now runs, counted from the moment the agent sent this call. */
  leaseMs: z.number(),
});
export type ProgressReply = z.infer<typeof ProgressReply>;

export const ReportRequest = z.discriminatedUnion("disposition", [
  z.object({ ...agentCall, disposition: z.literal("done"), report: Report }),
  z.object({
    ...agentCall,
    disposition: z.literal("ask"),
    report: Report,
    plan: Plan,
    planHash: short,
  }),
  z.object({ ...agentCall, disposition: z.literal("retry"), report: Report }),
  z.object({ ...agentCall, disposition: z.literal("release"), report: Report.nullable() }),
]);
export type ReportRequest = z.infer<typeof ReportRequest>;

export const ReportReply = z.object({
  state: z.string(),
  outcome: z.string().nullable(),
});
export type ReportReply = z.infer<typeof ReportReply>;
