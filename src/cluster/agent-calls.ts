// The agent's calls as one cluster's records answer them. Each runs inside one transaction.
import {
  ClaimedJob,
  type ClaimReply,
  type ClaimRequest,
  type ProgressRequest,
  type ReportRequest,
} from "../protocol/calls.ts";
import type { Job, JobIn } from "../protocol/job.ts";
import type { Report } from "../protocol/report.ts";
import type { ProgressReply, ReportReply } from "../protocol/replies.ts";
import { VERSION } from "../protocol/version.ts";
import { claimRank } from "../jobs/admit.ts";
import { claimDetail, reportEvent } from "../jobs/event-of.ts";
import { agentEvent } from "../jobs/lifecycle-agent.ts";
import type { AgentReply, Transition } from "../jobs/lifecycle-event.ts";
import { refuse, type Result, unknownJob } from "../jobs/result.ts";
import { failingHost } from "../story/causes.ts";
import { applyEvent, commit, openOrCancelRecheck } from "./apply-event.ts";
import type { ClusterState } from "./cluster-state.ts";
import { newestFence } from "./fence.ts";
import { seenAgent, seenVerdict } from "./status.ts";

/** One call about one job; `digest` tells a repeat from another call with the same number. */
export type AgentCall<Request> = {
  readonly id: string;
  readonly request: Request;
  readonly digest: string;
};

/** An attempt announces a handful. More would push who decided what out of the 500 events shown. */
const MOST_INTENTS = 300;

/** The job that this agent may work on now, leased to it; null if there is none. */
export function claim(
  cluster: ClusterState,
  request: ClaimRequest,
  now: number,
): Result<ClaimReply> {
  seenAgent(cluster, request, now);
  const job = leaseNext(cluster, request, now);
  const leaseMs = job === null ? 0 : Math.max(0, job.until - now);
  const healing = job?.kind === "recheck" ? cluster.rule.healing() : null;
  const claimed = job === null ? null : ClaimedJob.parse({ ...job, healing });
  const rule = cluster.rule.current();
  return { ok: true, value: { job: claimed, leaseMs, rule, worker: VERSION, now } };
}

function leaseNext(
  cluster: ClusterState,
  { agent, process, claimId, kinds }: ClaimRequest,
  now: number,
): JobIn<"leased"> | null {
  const { store } = cluster;
  const jobs = store.jobs.open().toSorted((a, b) => claimRank(a) - claimRank(b));
  const leased = jobs.filter((job) => job.state === "leased");
  const fence = newestFence(store) + 1;
  const event = { kind: "claim", at: now, agent, process, claimId, kinds, fence } as const;
  for (const job of leased.length > 0 ? leased : jobs) {
    const done = applyEvent(cluster, { job, event, detail: claimDetail(job, event) });
    if (!done.ok || done.value.job.state !== "leased") continue;
    if (done.value.job.fence === fence) store.facts.save("fence", fence);
    return done.value.job;
  }
  return null;
}

/** The lease is renewed, and an outside write that the agent is about to make is put on record. */
export function progress(
  cluster: ClusterState,
  { id, request, digest }: AgentCall<ProgressRequest>,
  now: number,
): Result<ProgressReply> {
  const { store, limits } = cluster;
  const job = store.jobs.find(id);
  if (job === null) return unknownJob(id);
  const { fence, seq, intent, stage, waits } = request;
  if (intent !== null && store.events.countIntents(id) >= MOST_INTENTS)
    return refuse(409, `job ${id} has announced ${MOST_INTENTS} writes: report what was done`);
  const onRouter = intent?.on === "router" ? intent.what : null;
  const adds = intent?.adds ?? false;
  const restarts = intent?.on === "cluster" ? (intent.at ?? now) : null;
  const doing = { stage, ...(waits === undefined ? {} : { waits }) };
  const call = { at: now, fence, seq, digest, ...doing };
  const event = { ...call, kind: "progress", intent: onRouter, adds, restarts } as const;
  const moved = agentEvent(job, event, limits);
  const done = commit(cluster, { job, event, detail: "" }, moved);
  if (!done.ok) return done;
  const isRepeat = done.value.job === job;
  if (intent !== null && !isRepeat)
    store.events.log({ at: now, job: id, what: "intent", by: "agent", detail: intent.what });
  if (onRouter !== null && !isRepeat) cluster.rule.markUnknown(now);
  const { answer } = done.value;
  return "cancel" in answer ? { ok: true, value: answer } : refuse(409, `call ${seq} was a report`);
}

/** A job whose report is kept says in its lists what that is about. */
function withFound(moved: Transition<AgentReply>, said: Report | null): Transition<AgentReply> {
  if (!moved.ok || !moved.keepReport) return moved;
  const { job } = moved;
  return { ...moved, job: { ...job, found: foundIn(said, job.registry) } };
}

function foundIn(said: Report | null, registry: string | null): Job["found"] {
  if (said === null) return null;
  return {
    verdict: said.verdict.slice(0, 100),
    host: failingHost(said, registry)?.slice(0, 253) ?? null,
  };
}

/** One of the agent's four reports; what it says about our rule is kept beside it. */
export function report(
  cluster: ClusterState,
  { id, request, digest }: AgentCall<ReportRequest>,
  now: number,
): Result<ReportReply> {
  const { store, limits, rule } = cluster;
  const job = store.jobs.find(id);
  if (job === null) return unknownJob(id);
  const event = reportEvent(request, digest, now);
  if (event === null) return refuse(422, "a report `done` must name its outcome");
  // A later job has looked since: what this one saw is no longer the newest.
  const isNewest = job.fence === newestFence(store);
  const said = request.report;
  const moved = withFound(agentEvent(job, event, limits), said);
  if (moved.ok && moved.keepReport && said !== null) {
    store.reports.save(id, JSON.stringify(said));
    if (isNewest) rule.takeReport(job, request, now);
  }
  const done = commit(cluster, { job, event, detail: said?.summary ?? "" }, moved);
  if (!done.ok) return done;
  openOrCancelRecheck(cluster, now);
  const isRepeat = done.value.job === job;
  if (isNewest && !isRepeat)
    seenVerdict(store, { job, found: foundIn(said, job.registry), at: now });
  const { answer } = done.value;
  return "state" in answer
    ? { ok: true, value: answer }
    : refuse(409, `call ${request.seq} was a progress`);
}
