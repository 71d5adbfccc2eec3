// One event of each kind, all at NOW and under fence 5, and a transition as one line of a table.
import { transition } from "../../../src/jobs/lifecycle.ts";
import type { JobEvent } from "../../../src/jobs/lifecycle-event.ts";
import type { Job } from "../../../src/protocol/job.ts";
import { FROM_ALERTS, LIMITS, NOW, PLAN } from "./a-job.ts";
import { transitionText } from "./transition-text.ts";

const at = NOW;
const call = { at, fence: 5, seq: 1, digest: "d1" };
const claimed = { kind: "claim", at, agent: "a1", process: null, claimId: "c2", fence: 6 } as const;
const kinds = ["remediate", "diagnose"];

export const events = {
  claim: { ...claimed, kinds },
  progress: { ...call, kind: "progress", intent: null },
  done: { ...call, kind: "done", outcome: "recovered" },
  ask: { ...call, kind: "ask", plan: PLAN, planHash: "h1" },
  retry: { ...call, kind: "retry" },
  release: { ...call, kind: "release", withReport: true },
  lapse: { kind: "lapse", at },
  expire: { kind: "expire", at },
  approve: { kind: "approve", at, by: "ben", hash: "h1" },
  dismiss: { kind: "dismiss", at, by: "ben" },
  cancel: { kind: "cancel", at, by: "ben" },
  signal: { kind: "signal", at, reason: FROM_ALERTS },
} as const satisfies Record<JobEvent["kind"], JobEvent>;

/** `queued + claim -> leased …` */
export function line(name: string, job: Job, what: string, event: JobEvent): string {
  return `${name} + ${what} -> ${transitionText(job, transition(job, event, LIMITS))}`;
}
