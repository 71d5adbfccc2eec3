// One held lease whose Worker and clock are the test's.
import { onTestFinished } from "vitest";
import { holdLease, type HeldLease, type LeaseOptions } from "../../agent/loop/lease.ts";
import type { WorkerApi } from "../../agent/worker/api.ts";
import type { ProgressRequest } from "../../src/protocol/calls.ts";
import type { ProgressReply } from "../../src/protocol/replies.ts";
import { aJob } from "./a-policy.ts";

export const GRANTED: ProgressReply = { cancel: false, dirty: false, leaseMs: 120_000 };

type Held = {
  readonly lease: HeldLease;
  readonly asked: ProgressRequest[];
  readonly log: unknown[];
  time: number;
};

/** A lease of 120 s that was claimed at 0; `answer` is the Worker, `held.time` the clock. */
export function hold(
  answer: (held: Held) => ReturnType<WorkerApi["progress"]>,
  changes: Partial<LeaseOptions> = {},
): Held {
  const asked: ProgressRequest[] = [];
  const log: unknown[] = [];
  const refuse = (): never => {
    throw new Error("a lease neither claims nor reports");
  };
  const held: Held = {
    asked,
    log,
    time: 0,
    lease: holdLease({
      worker: {
        claim: refuse,
        report: refuse,
        progress: (_job, request) => {
          asked.push(request);
          return answer(held);
        },
      },
      job: aJob(),
      leaseMs: 120_000,
      sentAt: 0,
      renewMs: 60_000,
      reserveMs: 75_000,
      monotonic: () => held.time,
      stopping: () => false,
      log: (message, facts) => log.push({ message, ...facts }),
      ...changes,
    }),
  };
  onTestFinished(() => held.lease.end());
  return held;
}

export const granted = async () => ({ ok: true, value: GRANTED }) as const;
export const CANCELLED = { ok: true, value: { ...GRANTED, cancel: true } } as const;
export const refused = (status: number | null) => async () =>
  ({ ok: false, status, message: `POST progress: ${status}` }) as const;
