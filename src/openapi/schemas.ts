// Every shape that the document names: what the routes parse, and what they answer.
import * as z from "zod/mini";
import { ClusterName } from "../config/config.ts";
import { RegistryHost } from "../manual/read.ts";
import type { JobView } from "../jobs/job-view.ts";
import type { Target } from "../jobs/signal.ts";
import type { ClusterStatus } from "../cluster/status.ts";
import type { LoggedEvent } from "../jobs/logged-event.ts";
import {
  ClaimedJob,
  ClaimReply,
  ClaimRequest,
  Healing,
  ProgressRequest,
  ReportRequest,
} from "../protocol/calls.ts";
import { ProgressReply, ReportReply } from "../protocol/replies.ts";
import { Job, JobKind, Origin, Scope } from "../protocol/job.ts";
import { Problem } from "../protocol/problem.ts";
import {
  Action,
  Outcome,
  Plan,
  PodStory,
  Report,
  RuleState,
  Stage,
  Verdict,
} from "../protocol/report.ts";
import { Lookup, Quota, Reading, Round } from "../protocol/round.ts";
import { Approve } from "../manual/routes.ts";
import { Mint } from "../http/token-routes.ts";
import { TokenRole } from "../http/tokens.ts";

/** As `toISOString` writes it; zod's own check would put a pattern of a line into the document. */
const time = z.string().check(z.meta({ format: "date-time" }));
const text = z.string();
const count = z.int();

const JobAnswer = z.object({
  id: text,
  cluster: text,
  kind: JobKind,
  state: z.enum(Job.def.options.flatMap(({ shape }) => shape.state.def.values)),
  outcome: z.nullable(Outcome),
  origin: Origin,
  registry: z.nullable(text),
  createdAt: time,
  dueAt: z.nullable(time),
  finishedAt: z.nullable(time),
  attempt: count,
  fence: count,
  agent: z.nullable(text),
  stage: z.nullable(Stage),
  stageSince: z.nullable(z.number()),
  waits: z.nullable(z.object({ what: text, until: z.nullable(z.number()) })),
  leaseUntil: z.nullable(time),
  planHash: z.nullable(text),
  approvedBy: z.nullable(text),
  cancelAskedBy: z.nullable(text),
  endedBy: z.nullable(text),
  routerUncertain: z.boolean(),
  hasReport: z.boolean(),
  verdict: z.nullable(text),
  host: z.nullable(text),
}) satisfies z.ZodMiniType<JobView>;

const Event = z.object({
  at: z.number(),
  job: z.nullable(text),
  what: text,
  by: text,
  detail: text,
}) satisfies z.ZodMiniType<LoggedEvent>;

const TargetAnswer = z.object({
  namespace: text,
  pod: text,
  uid: z.nullable(text),
  container: z.nullable(text),
  reason: z.nullable(text),
  episode: z.nullable(z.object({ fingerprint: z.nullable(text), startsAt: text })),
  unverified: z.boolean(),
}) satisfies z.ZodMiniType<Target>;

const Status = z.object({
  cluster: text,
  agent: z.nullable(
    z.object({
      id: text,
      version: text,
      node: z.nullable(text),
      protocol: count,
      lastSeen: time,
      doorbell: z.boolean(),
      mode: z.nullable(text),
    }),
  ),
  rule: z.nullable(RuleState),
  healing: z.nullable(z.extend(Healing, { kept: z.boolean() })),
  ruleSince: z.nullable(z.number()),
  verdict: z.nullable(z.object({ name: text, job: text, at: z.number(), host: z.nullable(text) })),
  open: z.array(JobAnswer),
  hold: z.nullable(
    z.object({ until: z.nullable(z.number()), why: text, by: z.nullable(text), failures: count }),
  ),
  counts: z.object({ open: count, finished: count }),
  messages: z.object({ waiting: count, failed: z.nullable(text) }),
  warnings: z.array(text),
  days: z.record(text, z.enum(["good", "no", "bad"])),
  last: z.nullable(
    z.object({
      job: text,
      kind: JobAnswer.shape.kind,
      outcome: text,
      tone: z.enum(["good", "no", "bad"]),
      at: z.number(),
    }),
  ),
  ignored: z.nullable(
    z.object({ since: z.number(), at: z.number(), causes: z.record(text, count) }),
  ),
}) satisfies z.ZodMiniType<ClusterStatus>;

/**
 * By their name in `components`. A body's schema is the one that its route parses it with, but for
 * JobRequest, Notification and what Slack sends: what intake takes of those is compared by a test.
 */
export const SCHEMAS = {
  Problem,
  Health: z.object({ ok: z.boolean(), version: text }),
  Job: JobAnswer,
  JobPage: z.object({ jobs: z.array(JobAnswer), next: z.nullable(text) }),
  JobStory: z.extend(JobAnswer, {
    report: z.nullable(Report),
    events: z.array(Event),
    targets: z.array(TargetAnswer),
  }),
  Event,
  Target: TargetAnswer,
  Status,
  JobRequest: z.strictObject({
    kind: z.enum(["remediate", "diagnose", "withdraw"]),
    cluster: z.optional(ClusterName),
    registry: z.optional(RegistryHost),
    scope: z.optional(Scope),
  }),
  Approve,
  Mint,
  Minted: z.object({ token: text, id: text, role: TokenRole, cluster: text }),
  Notification: z.looseObject({
    alerts: z.array(
      z.looseObject({
        status: z.enum(["firing", "resolved"]),
        labels: z.record(text, text),
        startsAt: z.optional(text),
        endsAt: z.optional(text),
        fingerprint: z.optional(text),
      }),
    ),
    truncatedAlerts: z.optional(count),
  }),
  Taken: z.object({
    accepted: count,
    resolved: count,
    ignored: z.record(text, count),
    truncatedAlerts: count,
    jobs: z.array(text),
    heldTargets: z.optional(count),
  }),
  SlackCommand: z.looseObject({ text, team_id: text, user_id: text, api_app_id: text }),
  SlackInteraction: z.looseObject({ payload: text }),
  Code: z.object({ code: text, link: text, expiresAt: time }),
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
