// Every shape that the document names: what the routes parse, and what they answer.
import * as z from "zod";
import { ClusterName } from "../config.ts";
import { RegistryHost } from "../intake/manual.ts";
import type { JobView } from "../jobs/job-view.ts";
import type { Target } from "../jobs/signal.ts";
import type { ClusterStatus } from "../jobs/status.ts";
import type { LoggedEvent } from "../jobs/store.ts";
import {
  ClaimedJob,
  ClaimReply,
  ClaimRequest,
  Healing,
  ProgressReply,
  ProgressRequest,
  ReportReply,
  ReportRequest,
} from "../protocol/calls.ts";
import { Job, JobKind, Origin } from "../protocol/job.ts";
import { Problem } from "../protocol/problem.ts";
import { Action, Outcome, Plan, PodStory, Report, RuleState, Verdict } from "../protocol/report.ts";
import { Lookup, Quota, Reading, Round } from "../protocol/round.ts";
import { Approve } from "../routes/jobs.ts";
import { Mint } from "../routes/tokens.ts";
import { TokenRole } from "../tokens.ts";

/** As `toISOString` writes it; zod's own check would put a pattern of a line into the document. */
const time = z.string().meta({ format: "date-time" });
const text = z.string();
const count = z.number().int();

const JobAnswer = z.object({
  id: text,
  cluster: text,
  kind: JobKind,
  state: z.enum(Job.options.map(({ shape }) => shape.state.value)),
  outcome: Outcome.nullable(),
  origin: Origin,
  registry: text.nullable(),
  createdAt: time,
  dueAt: time.nullable(),
  finishedAt: time.nullable(),
  attempt: count,
  fence: count,
  agent: text.nullable(),
  leaseUntil: time.nullable(),
  planHash: text.nullable(),
  approvedBy: text.nullable(),
  cancelAskedBy: text.nullable(),
  endedBy: text.nullable(),
  routerUncertain: z.boolean(),
  hasReport: z.boolean(),
}) satisfies z.ZodType<JobView>;

const Event = z.object({
  at: z.number(),
  job: text.nullable(),
  what: text,
  by: text,
  detail: text,
}) satisfies z.ZodType<LoggedEvent>;

const TargetAnswer = z.object({
  namespace: text,
  pod: text,
  uid: text.nullable(),
  container: text.nullable(),
  reason: text.nullable(),
  episode: z.object({ fingerprint: text.nullable(), startsAt: text }).nullable(),
  unverified: z.boolean(),
}) satisfies z.ZodType<Target>;

const Status = z.object({
  cluster: text,
  agent: z
    .object({
      id: text,
      version: text,
      node: text.nullable(),
      protocol: count,
      lastSeen: time,
      doorbell: z.boolean(),
    })
    .nullable(),
  rule: RuleState.nullable(),
  healing: Healing.extend({ kept: z.boolean() }).nullable(),
  open: z.array(JobAnswer),
  hold: z
    .object({ until: z.number().nullable(), why: text, by: text.nullable(), failures: count })
    .nullable(),
  counts: z.object({ open: count, finished: count }),
}) satisfies z.ZodType<ClusterStatus>;

/**
 * By their name in `components`. A body's schema is the one that its route parses it with, but for
 * JobRequest, Notification and SlackCommand: what intake takes of those is compared by a test.
 */
export const SCHEMAS = {
  Problem,
  Health: z.object({ ok: z.boolean(), version: text }),
  Job: JobAnswer,
  JobPage: z.object({ jobs: z.array(JobAnswer), next: text.nullable() }),
  JobStory: JobAnswer.extend({
    report: Report.nullable(),
    events: z.array(Event),
    targets: z.array(TargetAnswer),
  }),
  Event,
  Target: TargetAnswer,
  Status,
  JobRequest: z.strictObject({
    kind: z.enum(["remediate", "diagnose", "withdraw"]),
    cluster: ClusterName.optional(),
    registry: RegistryHost.optional(),
  }),
  Approve,
  Mint,
  Minted: z.object({ token: text, id: text, role: TokenRole, cluster: text }),
  Notification: z.looseObject({
    alerts: z.array(
      z.looseObject({
        status: z.enum(["firing", "resolved"]),
        labels: z.record(text, text),
        startsAt: text.optional(),
        endsAt: text.optional(),
        fingerprint: text.optional(),
      }),
    ),
    truncatedAlerts: count.optional(),
  }),
  Taken: z.object({
    accepted: count,
    resolved: count,
    ignored: z.record(text, count),
    truncatedAlerts: count,
    jobs: z.array(text),
    heldTargets: count.optional(),
  }),
  SlackCommand: z.looseObject({ text, team_id: text, user_id: text, api_app_id: text }),
  SlackAnswer: z.object({ response_type: z.literal("ephemeral"), text }),
  ClaimRequest,
  ClaimReply,
  ClaimedJob,
  ProgressRequest,
  ProgressReply,
  ReportRequest,
  ReportReply,
  Report,
  Round,
  Lookup,
  Reading,
  Quota,
  Verdict,
  Plan,
  PodStory,
  RuleState,
  Action,
} as const;

export type SchemaName = keyof typeof SCHEMAS;

/** Where a document has this schema. */
export function refTo(name: string): string {
  return `#/components/schemas/${name}`;
}
