// claim → carry out → report, again and again. Polling is the truth; the doorbell shortens it.
import { randomUUID } from "node:crypto";
import {
  PROTOCOL,
  type ClaimedJob,
  type ClaimReply,
  type ReportRequest,
} from "../../src/protocol/calls.ts";
import type { Report, Stage } from "../../src/protocol/report.ts";
import { isRetryable, pauseMs, type Backoff } from "../basics/retry.ts";
import { planHash } from "../plan/plan.ts";
import { NOTHING_FOUND, retry, type Stop } from "../plan/stop.ts";
import type { Clock } from "../ports/clock.ts";
import type { World } from "../ports/world.ts";
import type { WorkerApi, WorkerFailure } from "../worker/api.ts";
import { carryOut, KINDS } from "./carry-out.ts";
import { abortOf } from "./ending.ts";
import { fitReport } from "./fit-report.ts";
import { openJournal } from "./journal.ts";
import { inOurTime } from "./our-time.ts";
import { holdLease, type HeldLease } from "./lease.ts";
import { reportOf } from "./report.ts";

export type LoopOptions = {
  readonly worker: WorkerApi;
  /** The world for one job, of what differs from job to job. */
  readonly worldFor: (own: Pick<World, "lease" | "lastRule" | "journal">) => World;
  readonly clock: Clock;
  readonly agentId: string;
  /** This start of the agent, whatever its name. */
  readonly process: string;
  readonly version: string;
  readonly node: string | null;
  /** What the agent may do by itself: observe, approve or auto. */
  readonly mode: string;
  readonly renewMs: number;
  readonly reserveMs: number;
  readonly monotonic: () => number;
  /** How long until the next poll, ms, jittered; shorter while the doorbell is not connected. */
  readonly pollMs: () => number;
  /** Waits, or less if the doorbell rings or the agent stops. */
  readonly rest: (ms: number) => Promise<void>;
  /** Between 0 and 1: jitter of the pauses after a failure. */
  readonly random: () => number;
  readonly stopping: () => boolean;
  /** Aborted a while after the stop: what has not ended by then is handed back. Left out: never. */
  readonly ending?: AbortSignal;
  /** Tells the current lease's owner, so that a ring during a job asks for a cancel at once. */
  readonly onLease: (lease: HeldLease | null) => void;
  readonly observe: Observer;
  readonly log: (message: string, facts: Readonly<Record<string, unknown>>) => void;
};

export type Observer = {
  /** The loop goes round: each poll, answered or not, and each stage of a job. */
  turned(): void;
  polled(): void;
  stage(job: ClaimedJob, stage: Stage, ms: number): void;
  ended(job: ClaimedJob, report: Report): void;
};

/** Runs until stopped; a job under way is finished or handed back first. */
export async function runLoop(options: LoopOptions): Promise<void> {
  let failures = 0;
  let claimId = randomUUID();
  while (!options.stopping()) {
    options.observe.turned();
    const sentAt = options.monotonic();
    const reply = await options.worker.claim({
      protocol: PROTOCOL.max,
      agent: options.agentId,
      process: options.process,
      claimId,
      version: options.version,
      node: options.node,
      mode: options.mode,
      kinds: [...KINDS],
    });
    if (!reply.ok) {
      // The answer may have been lost on its way: the same claim id asks for the same answer.
      await options.rest(pauseAfter(reply, failures++, options));
      continue;
    }
    failures = 0;
    claimId = randomUUID();
    options.observe.polled();
    const ms = Math.round(options.monotonic() - sentAt);
    options.log("poll answered", { ms, job: reply.value.job?.id ?? null, rule: reply.value.rule });
    if (reply.value.job === null) await options.rest(options.pollMs());
    else {
      const job = inOurTime(reply.value.job, reply.value, options.clock.now());
      await work({ ...reply.value, job, sentAt }, options);
    }
  }
}

const CLAIM: Backoff = { firstMs: 1_000, mostMs: 60_000, mostAskedMs: 300_000 };
const REPORT: Backoff = { firstMs: 500, mostMs: 30_000, mostAskedMs: 30_000 };
const REPORT_TRIES = 12;
/** Kubernetes waits for a minute only. */
const REPORT_TRIES_WHILE_STOPPING = 3;
/** After a refusal that only a person can end: 401, 403, 426. */
const FOR_PERSON_MS = 300_000;

/** Never longer than a poll, unless the Worker asks for it. */
function pauseAfter(
  failure: WorkerFailure,
  failures: number,
  { log, pollMs, random }: LoopOptions,
): number {
  const forPerson = failure.status !== null && [401, 403, 426].includes(failure.status);
  const mostMs = Math.min(CLAIM.mostMs, Math.max(CLAIM.firstMs, pollMs()));
  const { retryAfterMs = null } = failure;
  const backoffMs = pauseMs({ ...CLAIM, mostMs }, { failures, random: random(), retryAfterMs });
  const nextMs = forPerson ? FOR_PERSON_MS : backoffMs;
  log("claim failed", { status: failure.status, error: failure.message, nextMs });
  return nextMs;
}

/** `sentAt`: when the claim was sent, of the monotonic clock. */
type Claimed = ClaimReply & { readonly job: ClaimedJob; readonly sentAt: number };

async function work(claimed: Claimed, options: LoopOptions): Promise<void> {
  const { job, leaseMs, sentAt } = claimed;
  const { log } = options;
  log("job claimed", { job: job.id, kind: job.kind, fence: job.fence, attempt: job.attempts });
  const lease = holdLease({ ...options, job, leaseMs, sentAt });
  options.onLease(lease);
  const journal = openJournal({
    clock: options.clock,
    lease,
    onStage: (stage, ms) => {
      log("stage", { job: job.id, stage, ms });
      options.observe.turned();
      options.observe.stage(job, stage, ms);
    },
    // A failed one is a warning.
    onAction: ({ what, on, ok, detail, ms }) =>
      log("action", { job: job.id, what, on, ms, ...(ok ? { detail } : { error: detail }) }),
  });
  const world = options.worldFor({ lease, lastRule: claimed.rule, journal });
  const stop = await untilEnding(carryOut({ job, world }, options.stopping), options);
  const report = reportOf(stop, world);
  options.onLease(null);
  await lease.end();
  const request = requestFor(stop, report, {
    call: { protocol: PROTOCOL.max, fence: job.fence, seq: lease.nextSeq() },
    stopping: options.stopping(),
  });
  options.observe.ended(job, report);
  await deliver(job, request, options);
}

/** A job that hangs while the process ends is handed back; its next attempt looks before it acts. */
async function untilEnding(
  working: Promise<Stop>,
  { ending }: Pick<LoopOptions, "ending">,
): Promise<Stop> {
  if (ending === undefined) return working;
  const summary = "The agent was told to stop and the job did not end in time; it is handed back.";
  const handedBack = abortOf(ending).then(() => retry(NOTHING_FOUND, { summary }));
  return Promise.race([working, handedBack]);
}

type Call = Pick<ReportRequest, "protocol" | "fence" | "seq">;

function requestFor(
  stop: Stop,
  whole: Report,
  { call, stopping }: { readonly call: Call; readonly stopping: boolean },
): ReportRequest {
  const report = fitReport(whole);
  switch (stop.disposition) {
    case "ask": {
      const { plan } = stop.told;
      return { ...call, disposition: "ask", report, plan, planHash: planHash(plan) };
    }
    case "retry":
      return { ...call, disposition: stopping ? "release" : "retry", report };
    case "done":
      return { ...call, disposition: "done", report };
  }
}

/** The same report under the same number until the Worker has it; a lost lease ends that. */
async function deliver(
  job: ClaimedJob,
  request: ReportRequest,
  options: LoopOptions,
): Promise<void> {
  for (let failures = 0; ; failures++) {
    const reply = await options.worker.report(job.id, request);
    if (reply.ok) {
      options.log("job reported", {
        job: job.id,
        ...reply.value,
        summary: request.report?.summary,
      });
      return;
    }
    const { status, message, retryAfterMs = null } = reply;
    options.log("report failed", { job: job.id, status, error: message });
    const refused = status !== null && status >= 400 && !isRetryable(status);
    if (refused) return;
    const tries = options.stopping() ? REPORT_TRIES_WHILE_STOPPING : REPORT_TRIES;
    if (failures + 1 >= tries) break;
    await options.rest(pauseMs(REPORT, { failures, random: options.random(), retryAfterMs }));
  }
  const error =
    "the Worker did not take the report; it will start the job again when the lease lapses";
  options.log("report given up", { job: job.id, error });
}
