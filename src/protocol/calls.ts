// The agent's calls to the Worker: paths, requests and replies. Additive changes keep the number.
import * as z from "zod/mini";
import { Approval, JobKind, Origin, Scope } from "./job.ts";
import { Plan, Report, RuleState, Stage } from "./report.ts";

/** Protocol numbers that this code speaks. The agent sends `max`; the Worker answers 426 outside. */
export const PROTOCOL = { min: 1, max: 1 } as const;

/** A report is at most this long as JSON text; the agent cuts it to fit, the Worker refuses more. */
export const REPORT_LIMIT_BYTES = 256 * 1024;

/** The doorbell's one message. It carries no data: the agent claims when it hears it. */
export const DOORBELL_RING = "ring";

export const paths = {
  claim: "/v1/agent/claim",
  progress: (id: string): string => `/v1/agent/jobs/${encodeURIComponent(id)}/progress`,
  report: (id: string): string => `/v1/agent/jobs/${encodeURIComponent(id)}/report`,
  doorbell: "/v1/agent/doorbell",
} as const;

const short = z.string().check(z.minLength(1), z.maxLength(200));

export const ClaimRequest = z.object({
  protocol: z.int(),
  agent: short,
  /** Made anew by each start of the agent: tells two that bear one name apart. Null: an older agent. */
  process: z._default(z.nullable(short), null),
  claimId: short,
  version: z.string().check(z.maxLength(100)),
  node: z.nullable(z.string().check(z.maxLength(253))),
  /** The agent's MODE; null: an older agent, which does not say. */
  mode: z._default(z.nullable(z.string().check(z.maxLength(20))), null),
  /** Kinds this agent knows; a job of another kind stays queued. */
  kinds: z.array(z.string().check(z.maxLength(40))).check(z.maxLength(20)),
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
  registry: z.nullable(z.string()),
  /** Only of an undo. Left out, or not known to an older agent: `mine`, which removes less. */
  scope: z.optional(Scope),
  attempts: z.number(),
  asks: z.number(),
  fence: z.number(),
  approval: z.nullable(Approval),
  /** An earlier attempt said that it was about to write, and never reported. */
  intent: z.nullable(z.string()),
  addsRule: z.boolean(),
  restartsAt: z.nullable(z.number()),
  /** Only with a `recheck`. */
  healing: z._default(z.nullable(Healing), null),
});
export type ClaimedJob = z.infer<typeof ClaimedJob>;

export const ClaimReply = z.object({
  job: z.nullable(ClaimedJob),
  leaseMs: z.number(),
  /** Our rule as the last report saw it; null if no report ever named one. */
  rule: z.nullable(RuleState),
  worker: z.string(),
  /** The Worker's clock, ms since the epoch: its moments are compared with no other. Not of an older one. */
  now: z.optional(z.number()),
});
export type ClaimReply = z.infer<typeof ClaimReply>;

const agentCall = {
  protocol: z.int(),
  /** From 1: 0 is a job that nobody claimed. */
  fence: z.int().check(z.minimum(1)),
  /** Grows with each call under one fence; a repeat must be byte for byte the same. */
  seq: z.int().check(z.minimum(0)),
};

export const ProgressRequest = z.object({
  ...agentCall,
  stage: z.nullable(Stage),
  /** What the agent waits for, in a few words, and how long at most; left out: as it was, or nothing. */
  waits: z.optional(
    z.object({
      what: z.string().check(z.maxLength(200)),
      forMs: z.nullable(z.number().check(z.minimum(0), z.maximum(86_400_000))),
    }),
  ),
  /** The write that follows, in one line. Recorded before it happens. */
  intent: z.nullable(
    z.object({
      on: z.enum(["router", "cluster"]),
      what: z.string().check(z.maxLength(500)),
      /** The write adds our rule, where the agent has just seen none. */
      adds: z._default(z.boolean(), false),
      /**
       * For `cluster`: the API server's clock now, ms since the epoch, by which pods are made. The Worker
       * gives it back as `restartsAt`. An agent that does not know it leaves it out.
       */
      at: z.optional(z.number()),
    }),
  ),
});
export type ProgressRequest = z.infer<typeof ProgressRequest>;

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
  z.object({ ...agentCall, disposition: z.literal("release"), report: z.nullable(Report) }),
]);
export type ReportRequest = z.infer<typeof ReportRequest>;
