// What can happen to a job, and how the answer to it looks. Times are milliseconds since the epoch
// and come in with the event.
import type { Job, Reason } from "../protocol/job.ts";
import type { ProgressReply, ReportReply } from "../protocol/replies.ts";
import type { Outcome, Plan, Stage } from "../protocol/report.ts";

export type Limits = {
  readonly leaseMs: number;
  /** A lease is never extended beyond this, counted from its first claim. */
  readonly leaseMostMs: number;
  readonly attempts: number;
  readonly retryMs: number;
  readonly jobAgeMs: number;
  readonly awaitingMs: number;
  readonly approvalMs: number;
};

type AgentCall = {
  readonly at: number;
  readonly fence: number;
  readonly seq: number;
  /** SHA-256 of the call's body: tells a repeated call from another one with the same number. */
  readonly digest: string;
};

export type JobEvent =
  | {
      readonly kind: "claim";
      readonly at: number;
      readonly agent: string;
      readonly process: string | null;
      readonly claimId: string;
      readonly fence: number;
      readonly kinds: readonly string[];
    }
  | (AgentCall & {
      readonly kind: "progress";
      readonly intent: string | null;
      readonly adds?: boolean;
      /** Restarts were announced: when, by the API server's clock, ms since the epoch. */
      readonly restarts?: number | null;
      readonly stage?: Stage | null;
      readonly waits?: { readonly what: string; readonly forMs: number | null };
    })
  | (AgentCall & { readonly kind: "done"; readonly outcome: Outcome })
  | (AgentCall & { readonly kind: "ask"; readonly plan: Plan; readonly planHash: string })
  | (AgentCall & { readonly kind: "retry" })
  | (AgentCall & { readonly kind: "release"; readonly withReport: boolean })
  | { readonly kind: "lapse"; readonly at: number }
  | { readonly kind: "expire"; readonly at: number }
  | { readonly kind: "approve"; readonly at: number; readonly by: string; readonly hash: string }
  | {
      readonly kind: "dismiss";
      readonly at: number;
      readonly by: string;
      /** The plan that the person has read; left out: whichever waits. */
      readonly hash?: string;
    }
  | { readonly kind: "cancel"; readonly at: number; readonly by: string }
  | { readonly kind: "signal"; readonly at: number; readonly reason: Reason };

/** Who approved the plan; `already`: before this call, which has changed nothing. */
export type ApprovalReply = { readonly approvedBy: string; readonly already: boolean };

export type NoAnswer = Readonly<Record<string, never>>;
/** What the caller is told besides the job: of most events nothing. */
export type Answer = NoAnswer | AgentReply | ApprovalReply;
export type AgentReply = ProgressReply | ReportReply;

export type Moved<A extends Answer = Answer> = {
  readonly ok: true;
  readonly job: Job;
  readonly answer: A;
  /** The report that came with the event is to be stored. */
  readonly keepReport: boolean;
  /** The job ended dirty: a new one is to be admitted for this reason. */
  readonly opens: Reason | null;
};
export type NotMoved = { readonly ok: false; readonly status: 409 | 204; readonly why: string };
export type Transition<A extends Answer = Answer> = Moved<A> | NotMoved;

/** The events that carry a fencing token. */
export type AgentEvent = Extract<
  JobEvent,
  { kind: "progress" | "done" | "ask" | "retry" | "release" }
>;
