// One job's lease: renewed while the job runs, asked before each outside write. Its end is counted
// on this process's own clock from *sending* the last renewal, so it is never later than the Worker's.
import type { ClaimedJob, ProgressReply, ProgressRequest } from "../../src/protocol/calls.ts";
import { PROTOCOL } from "../../src/protocol/calls.ts";
import type { Stage } from "../../src/protocol/report.ts";
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
  readonly log: (message: string, facts: Readonly<Record<string, unknown>>) => void;
};

export type HeldLease = Lease & {
  /** Numbers the next call under this fence; a repeat of one call keeps its number. */
  nextSeq(): number;
  /** The doorbell rang: ask at once whether a person cancelled. */
  renewNow(): void;
  /** Ends the renewals and waits for the one under way. */
  end(): Promise<void>;
};

type Say = {
  readonly stage: Stage | null;
  readonly intent: ProgressRequest["intent"];
};

export function holdLease(options: LeaseOptions): HeldLease {
  const { worker, job, monotonic, log } = options;
  let until = options.sentAt + options.leaseMs;
  let seq = 0;
  let cancel = false;
  let lost = false;
  let stage: Stage | null = null;
  let calls: Promise<unknown> = Promise.resolve();

  // One call after another: the Worker refuses a call whose number is lower than the last one's.
  function progress(say: Say): Promise<WorkerResult<ProgressReply>> {
    const next = calls.then(() => progressNow(say));
    calls = next;
    return next;
  }

  async function progressNow(say: Say): Promise<WorkerResult<ProgressReply>> {
    const sentAt = monotonic();
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

  const renew = (): void => void progress({ stage, intent: null });
  const timer = setInterval(renew, options.renewMs);

  return {
    cancelled: () => cancel || lost,
    stage(now) {
      stage = now;
      void progress({ stage, intent: null });
    },
    stillHeld: () => !cancel && !lost && until - monotonic() >= options.reserveMs,
    async mayWrite({ adds = false, ...write }): Promise<Result<true>> {
      if (options.stopping()) return no("this agent is shutting down");
      const reply = await progress({ stage, intent: { ...write, adds } });
      if (!reply.ok) return no(`the Worker did not record “${write.what}”: ${reply.message}`);
      const leftMs = until - monotonic();
      if (leftMs < options.reserveMs)
        return no(
          `only ${Math.round(leftMs)} ms of the lease are left, ${options.reserveMs} are needed`,
        );
      return { ok: true, value: true };
    },
    nextSeq: () => seq++,
    renewNow: renew,
    async end() {
      clearInterval(timer);
      await calls;
    },
  };
}

function no(message: string): Result<true> {
  return { ok: false, error: { next: "retry", uncertain: false, message } };
}
