// The agent's calls as one cluster's books answer them. Each runs inside one transaction.
import {
  ClaimedJob,
  type ClaimReply,
  type ClaimRequest,
  ProgressReply,
  type ProgressRequest,
  ReportReply,
  type ReportRequest,
} from "../protocol/calls.ts";
import { VERSION } from "../protocol/version.ts";
import type { Ledger } from "./apply-event.ts";
import { refuse, type Settled, unknownJob } from "../jobs/result.ts";
import { seenAgent, seenVerdict } from "./status.ts";
import type { Store } from "./store/store.ts";

/** One call about one job; `digest` tells a repeat from another call with the same number. */
export type AgentCall<Request> = {
  readonly id: string;
  readonly request: Request;
  readonly digest: string;
};

/** An attempt announces a handful. More would push who decided what out of the 500 events shown. */
const MOST_INTENTS = 300;

export function claim(
  store: Store,
  ledger: Ledger,
  request: ClaimRequest,
  now: number,
): Settled<ClaimReply> {
  seenAgent(store, request, ledger.cluster, now);
  const { agent, process, claimId, kinds } = request;
  const job = ledger.claim({ at: now, agent, process, claimId, kinds });
  const leaseMs = job === null ? 0 : Math.max(0, job.until - now);
  const healing = job?.kind === "recheck" ? ledger.ruleBook.healing() : null;
  const claimed = job === null ? null : ClaimedJob.parse({ ...job, healing });
  const rule = ledger.ruleBook.rule();
  return { ok: true, value: { job: claimed, leaseMs, rule, worker: VERSION } };
}

export function progress(
  store: Store,
  ledger: Ledger,
  { id, request, digest }: AgentCall<ProgressRequest>,
  now: number,
): Settled<ProgressReply> {
  const job = store.job(id);
  if (job === null) return unknownJob(id);
  const { fence, seq, intent, stage } = request;
  if (intent !== null && store.announced(id) >= MOST_INTENTS)
    return refuse(409, `job ${id} has announced ${MOST_INTENTS} writes: report what was done`);
  const onRouter = intent?.on === "router" ? intent.what : null;
  const adds = intent?.adds ?? false;
  const restarts = intent?.on === "cluster" ? (intent.at ?? now) : null;
  const call = { at: now, fence, seq, digest, stage };
  const event = { ...call, kind: "progress", intent: onRouter, adds, restarts } as const;
  const done = ledger.apply(job, event, "");
  if (!done.ok) return done;
  const isRepeat = done.value.job === job;
  if (intent !== null && !isRepeat) ledger.intend(id, intent.what, now);
  if (onRouter !== null && !isRepeat) ledger.ruleBook.ruleUnknown(now);
  return { ok: true, value: ProgressReply.parse(done.value.answer) };
}

export function report(
  store: Store,
  ledger: Ledger,
  { id, request, digest }: AgentCall<ReportRequest>,
  now: number,
): Settled<ReportReply> {
  const job = store.job(id);
  if (job === null) return unknownJob(id);
  const isNewest = job.fence === ledger.newestFence();
  const done = ledger.report(job, request, digest, now);
  if (!done.ok) return done;
  const verdict = request.report?.verdict ?? "";
  if (isNewest && done.value.job !== job) seenVerdict(store, job, verdict, now);
  return { ok: true, value: ReportReply.parse(done.value.answer) };
}
