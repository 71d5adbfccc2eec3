// The job's whole life as one table: each line is a cell of the table in the design, or a variant.
import { expect, test } from "vitest";
import { nextDue, transition } from "../../../src/jobs/lifecycle.ts";
import type { JobEvent } from "../../../src/jobs/lifecycle-event.ts";
import type { Job } from "../../../src/protocol/job.ts";
import {
  aFinishedJob,
  aLeasedJob,
  ALERTS,
  anApproval,
  anAwaitingJob,
  aQueuedJob,
  FROM_ALERTS,
  FROM_ANNA,
  HOUR,
  LIMITS,
  MINUTE,
  NOW,
  PLAN,
  SECOND,
} from "../support/a-job.ts";
import { transitionText } from "../support/transition-text.ts";

const at = NOW;
const call = { at, fence: 5, seq: 1, digest: "d1" };
const claimed = { kind: "claim", at, agent: "a1", claimId: "c2", fence: 6 } as const;
const kinds = ["remediate", "diagnose"];

const events = {
  "claim": { ...claimed, kinds },
  "progress": { ...call, kind: "progress", intent: null },
  "done": { ...call, kind: "done", outcome: "recovered" },
  "ask": { ...call, kind: "ask", plan: PLAN, planHash: "h1" },
  "retry": { ...call, kind: "retry" },
  "release": { ...call, kind: "release", withReport: true },
  "lapse": { kind: "lapse", at },
  "expire": { kind: "expire", at },
  "approve": { kind: "approve", at, by: "ben", hash: "h1" },
  "dismiss": { kind: "dismiss", at, by: "ben" },
  "cancel": { kind: "cancel", at, by: "ben" },
  "signal": { kind: "signal", at, reason: FROM_ALERTS },
} as const satisfies Record<JobEvent["kind"], JobEvent>;

/** Queued again after its lease under fence 5, or never claimed yet; the table's four columns. */
const states: Record<Job["state"], Job> = {
  queued: aQueuedJob({ fence: 5 }),
  leased: aLeasedJob(),
  awaiting: anAwaitingJob(),
  finished: aFinishedJob(),
};

function line(name: string, job: Job, what: string, event: JobEvent): string {
  return `${name} + ${what} -> ${transitionText(job, transition(job, event, LIMITS))}`;
}

test("every state meets every event as the design's table says", () => {
  const table = Object.entries(events).flatMap(([what, event]) =>
    Object.entries(states).map(([name, job]) => line(name, job, what, event)),
  );

  expect(table.join("\n")).toMatchInlineSnapshot();
});

const lastCall = { fence: 5, seq: 1, digest: "d1", answer: { state: "stored" } };
const variants: readonly (readonly [string, Job, string, JobEvent])[] = [
  ["queued, due later", aQueuedJob({ notBefore: NOW + 1 }), "claim", events.claim],
  ["queued recheck", aQueuedJob({ kind: "recheck" }), "claim by an agent that does not know it", events.claim],
  ["queued, approved", aQueuedJob({ approval: anApproval() }), "claim", events.claim],
  ["queued, approval run out", aQueuedJob({ approval: anApproval({ until: NOW }) }), "claim", events.claim],
  ["leased", aLeasedJob(), "claim repeated", { ...events.claim, claimId: "c1" }],
  ["leased", aLeasedJob(), "claim by another agent", { ...events.claim, agent: "a2" }],
  ["leased", aLeasedJob(), "another agent's claim with the same claimId", { ...events.claim, agent: "a2", claimId: "c1" }],
  ["leased for 29 min", aLeasedJob({ since: NOW - 29 * MINUTE }), "claim", events.claim],
  ["leased, approval run out", aLeasedJob({ approval: anApproval({ until: NOW }) }), "claim", events.claim],
  ["leased", aLeasedJob(), "progress with an intent", { ...events.progress, intent: "PUT the rule" }],
  ["leased, intent", aLeasedJob({ intent: "PUT the rule" }), "progress", events.progress],
  ["leased for 29 min", aLeasedJob({ since: NOW - 29 * MINUTE }), "progress", events.progress],
  ["leased, dirty", aLeasedJob({ dirty: FROM_ALERTS }), "progress", events.progress],
  ["leased, cancel asked", aLeasedJob({ cancelBy: "ben" }), "progress", events.progress],
  ...(["progress", "done", "ask", "retry", "release"] as const).flatMap((kind) => {
    const old = { ...events[kind], fence: 4 };
    const next = { ...events[kind], fence: 6 };
    return [
      ["leased", aLeasedJob(), `${kind} under an old fence`, old],
      ["leased", aLeasedJob(), `${kind} under a fence of the future`, next],
    ] as const;
  }),
  ["finished", aFinishedJob(), "done under an old fence", { ...events.done, fence: 4 }],
  ["leased, call 1 stored", aLeasedJob({ lastCall }), "the same call", events.progress],
  ["leased, call 1 stored", aLeasedJob({ lastCall }), "call 1 with another body", { ...events.progress, digest: "d2" }],
  ["leased, call 1 stored", aLeasedJob({ lastCall }), "a late call 0", { ...events.progress, seq: 0 }],
  ["leased, call 1 stored", aLeasedJob({ lastCall }), "call 2", { ...events.done, seq: 2 }],
  ["queued, call 1 stored", aQueuedJob({ fence: 5, lastCall }), "the same call", events.retry],
  ["awaiting, call 1 stored", anAwaitingJob({ lastCall }), "the same call", events.ask],
  ["finished, call 1 stored", aFinishedJob({ lastCall }), "the same call", events.done],
  ["finished, call 1 stored", aFinishedJob({ lastCall }), "call 1 with another body", { ...events.done, digest: "d2" }],
  ["leased, dirty", aLeasedJob({ dirty: FROM_ALERTS }), "done", events.done],
  ["leased, cancel asked", aLeasedJob({ cancelBy: "ben" }), "done", events.done],
  ["leased, intent", aLeasedJob({ intent: "PUT the rule" }), "done", events.done],
  ["leased, router uncertain", aLeasedJob({ routerUncertain: true }), "done", events.done],
  ["leased, cancel asked", aLeasedJob({ cancelBy: "ben" }), "ask", events.ask],
  ["leased, asked once", aLeasedJob({ asks: 1 }), "ask", events.ask],
  ["leased, asked twice", aLeasedJob({ asks: 2 }), "ask", events.ask],
  ["leased, asked twice, dirty", aLeasedJob({ asks: 2, dirty: FROM_ALERTS }), "ask", events.ask],
  ["finished, has its report", aFinishedJob({ hasReport: true }), "done", events.done],
  ["finished, has its report", aFinishedJob({ hasReport: true }), "ask", events.ask],
  ["finished, has its report", aFinishedJob({ hasReport: true }), "retry", events.retry],
  ...(["retry", "lapse"] as const).flatMap((kind) => [
    ["leased, attempt 2", aLeasedJob({ attempts: 2 }), kind, events[kind]] as const,
    ["leased, attempt 3", aLeasedJob({ attempts: 3 }), kind, events[kind]] as const,
    ["leased, attempt 3, dirty", aLeasedJob({ attempts: 3, dirty: FROM_ANNA }), kind, events[kind]] as const,
    ["leased, cancel asked", aLeasedJob({ cancelBy: "ben" }), kind, events[kind]] as const,
    ["leased, cancel asked, dirty", aLeasedJob({ cancelBy: "ben", dirty: FROM_ALERTS }), kind, events[kind]] as const,
    ["leased, intent", aLeasedJob({ intent: "PUT the rule" }), kind, events[kind]] as const,
    ["leased, approved", aLeasedJob({ approval: anApproval() }), kind, events[kind]] as const,
  ]),
  ["leased, attempt 3, intent", aLeasedJob({ attempts: 3, intent: "PUT" }), "lapse", events.lapse],
  ["leased, attempt 3", aLeasedJob({ attempts: 3 }), "release", events.release],
  ["leased", aLeasedJob(), "release without a report", { ...events.release, withReport: false }],
  ["leased, cancel asked", aLeasedJob({ cancelBy: "ben" }), "release", events.release],
  ["queued, approved", aQueuedJob({ approval: anApproval() }), "approve", events.approve],
  ["awaiting", anAwaitingJob(), "approve another hash", { ...events.approve, hash: "h2" }],
  ["leased, cancel asked", aLeasedJob({ cancelBy: "anna" }), "cancel", events.cancel],
  ["queued, due later", aQueuedJob({ notBefore: NOW + HOUR }), "signal", events.signal],
  ["queued, due later", aQueuedJob({ notBefore: NOW + HOUR }), "a person's signal", { ...events.signal, reason: FROM_ANNA }],
  ["leased", aLeasedJob(), "a person's signal", { ...events.signal, reason: FROM_ANNA }],
  ["leased, dirty by a person", aLeasedJob({ dirty: FROM_ANNA }), "signal", events.signal],
];

test("the variants of a cell decide as the design says", () => {
  const table = variants.map(([name, job, what, event]) => line(name, job, what, event));

  expect(table.join("\n")).toMatchInlineSnapshot(`
    "queued + claim -> leased, fence=6, agent=a1, claimId=c2, since=+0s, until=+120s
    leased + claim -> leased, fence=6, claimId=c2, until=+120s
    awaiting + claim -> nothing to claim
    finished + claim -> nothing to claim
    queued + progress -> 409
    leased + progress -> leased, until=+120s, answer cancel:false dirty:false leaseMs:120000
    awaiting + progress -> 409
    finished + progress -> 409
    queued + done -> finished recovered, at=+0s, report stored, answer state:finished outcome:recovered
    leased + done -> finished recovered, at=+0s, report stored, answer state:finished outcome:recovered
    awaiting + done -> 409
    finished + done -> finished gave-up, report stored, answer state:finished outcome:gave-up
    queued + ask -> awaiting, asks=1, planHash=h1, until=+1800s, report stored, answer state:awaiting
    leased + ask -> awaiting, asks=1, planHash=h1, until=+1800s, report stored, answer state:awaiting
    awaiting + ask -> 409
    finished + ask -> finished gave-up, report stored, answer state:finished outcome:gave-up
    queued + retry -> queued, report stored, answer state:queued
    leased + retry -> queued, attempts=2, notBefore=+30s, report stored, answer state:queued
    awaiting + retry -> 409
    finished + retry -> finished gave-up, report stored, answer state:finished outcome:gave-up
    queued + release -> queued, report stored, answer state:queued
    leased + release -> queued, notBefore=+0s, report stored, answer state:queued
    awaiting + release -> 409
    finished + release -> finished gave-up, report stored, answer state:finished outcome:gave-up
    queued + lapse -> 409
    leased + lapse -> queued, attempts=2, notBefore=+30s
    awaiting + lapse -> 409
    finished + lapse -> 409
    queued + expire -> finished expired, at=+0s
    leased + expire -> 409
    awaiting + expire -> finished expired, at=+0s
    finished + expire -> 409
    queued + approve -> 409
    leased + approve -> 409
    awaiting + approve -> queued, notBefore=+0s, approval=ben until +900s, answer approvedBy:ben already:false
    finished + approve -> 409
    queued + dismiss -> 409
    leased + dismiss -> 409
    awaiting + dismiss -> finished dismissed, at=+0s, by=ben
    finished + dismiss -> 409
    queued + cancel -> finished cancelled, at=+0s, by=ben
    leased + cancel -> leased, cancelBy=ben
    awaiting + cancel -> finished cancelled, at=+0s, by=ben
    finished + cancel -> 409
    queued + signal -> queued, unchanged
    leased + signal -> leased, dirty=am
    awaiting + signal -> awaiting, unchanged
    finished + signal -> 409"
  `);
});
