// One job's lease: renewed while the job runs, asked before each outside write. Its end is counted
// on this process's own clock from *sending* the last renewal, so it is never later than the Worker's.
import type { ClaimedJob, ProgressRequest } from "../../src/protocol/calls.ts";
import type { ProgressReply } from "../../src/protocol/replies.ts";
import { PROTOCOL } from "../../src/protocol/calls.ts";
import type { Stage } from "../../src/protocol/report.ts";
import { abortOf } from "./ending.ts";
import type { WorkerApi, WorkerResult } from "../worker/api.ts";
import type { Lease } from "../ports/lease.ts";
import type { Result } from "../ports/result.ts";

export type LeaseOptions = {
  readonly worker: WorkerApi;
  readonly job: ClaimedJob;
  /** What the claim granted, ms, counted from `sentAt`. */
  readonly leaseMs: number;
  readonly sentAt: number;
  readonly renewMs: number;
  /** A write needs at least this much lease left (`LEASE_RESERVE_MS`). */
  readonly reserveMs: number;
  /** Milliseconds on a clock that never jumps. */
  readonly monotonic: () => number;
  readonly stopping: () => boolean;
  /** Nothing is waited for any more: the process is about to end. Left out: it never is. */
  readonly ending?: AbortSignal;
  readonly log: (message: string, facts: Readonly<Record<string, unknown>>) => void;
};

export type HeldLease = Lease & {
  /** Numbers the next call under this fence; a repeat of one call keeps its number. */
  nextSeq(): number;
  /** The doorbell rang: ask soon, within a second, whether a person cancelled. */
  renewNow(): void;
  /** Ends the renewals and waits for the one under way. */
  end(): Promise<void>;
};

/** However often the doorbell rings, it is asked no more often for its sake. */
const RING_GAP_MS = 1_000;

type Say = {
  readonly stage: Stage | null;
  readonly waits?: NonNullable<ProgressRequest["waits"]>;
  readonly intent: ProgressRequest["intent"];
};

export function holdLease(options: LeaseOptions): HeldLease {
  const { worker, job, monotonic, log } = options;
  let until = options.sentAt + options.leaseMs;
  let seq = 0;
  let cancel = false;
  let lost = false;
  let stage: Stage | null = null;
  let waits: ProgressRequest["waits"];
  let said = "";
  let calls: Promise<unknown> = Promise.resolve();
  let waiting = false;
  let askedAt = Number.NEGATIVE_INFINITY;
  let rung: NodeJS.Timeout | undefined;

  // One call after another: the Worker refuses a call whose number is lower than the last one's.
  function progress(say: () => Say): Promise<WorkerResult<ProgressReply>> {
    const next = calls.then(() => progressNow(say()));
    calls = next;
    return next;
  }

  async function progressNow(say: Say): Promise<WorkerResult<ProgressReply>> {
    const sentAt = monotonic();
    askedAt = sentAt;
    const request = { protocol: PROTOCOL.max, fence: job.fence, seq: seq++, ...say };
    const reply = await worker.progress(job.id, request);
    if (reply.ok) {
      until = sentAt + reply.value.leaseMs;
      cancel ||= reply.value.cancel;
    } else {
      lost ||= reply.status === 409;
      log("progress failed", { job: job.id, status: reply.status, error: reply.message });
    }
    return reply;
  }

  /** One that waits for its turn tells the newest stage and stands for all that are wanted by then. */
  const renew = (): void => {
    if (waiting) return;
    waiting = true;
    void progress(() => {
      waiting = false;
      const news = waits;
      waits = undefined;
      return { stage, intent: null, ...(news === undefined ? {} : { waits: news }) };
    });
  };
  const renewSoon = (): void => {
    const leftMs = RING_GAP_MS - (monotonic() - askedAt);
    if (leftMs <= 0) return renew();
    rung ??= setTimeout(() => {
      rung = undefined;
      renew();
    }, leftMs);
  };
  const timer = setInterval(renew, options.renewMs);

  return {
    cancelled: () => cancel || lost,
    stage(now) {
      stage = now;
      waits = undefined;
      said = "";
      renew();
    },
    waits(what, forMs) {
      if (what === said) return;
      said = what;
      waits = { what, forMs };
      renew();
    },
    stillHeld: () => !cancel && !lost && until - monotonic() >= options.reserveMs,
    async mayWrite({ adds = false, ...write }): Promise<Result<true>> {
      if (options.stopping()) return no("this agent is shutting down");
      const reply = await progress(() => ({ stage, intent: { ...write, adds } }));
      if (!reply.ok) return no(`the Worker did not record “${write.what}”: ${reply.message}`);
      const leftMs = until - monotonic();
      if (leftMs < options.reserveMs)
        return no(
          `only ${Math.round(leftMs)} ms of the lease are left, ${options.reserveMs} are needed`,
        );
      return { ok: true, value: true };
    },
    nextSeq: () => seq++,
    renewNow: renewSoon,
    async end() {
      clearInterval(timer);
      clearTimeout(rung);
      const { ending } = options;
      await (ending === undefined ? calls : Promise.race([calls, abortOf(ending)]));
    },
  };
}

function no(message: string): Result<true> {
  return { ok: false, error: { next: "retry", uncertain: false, message } };
}
