// The cells of the life cycle's table that depend on more than the state.
import { expect, test } from "vitest";
import type { JobEvent } from "../../../src/jobs/lifecycle-event.ts";
import type { Job } from "../../../src/protocol/job.ts";
import {
  aFinishedJob,
  aLeasedJob,
  anApproval,
  anAwaitingJob,
  aQueuedJob,
  FROM_ALERTS,
  FROM_ANNA,
  HOUR,
  MINUTE,
  NOW,
} from "../support/a-job.ts";
import { events, line } from "../support/job-events.ts";

const lastCall = { fence: 5, seq: 1, digest: "d1", answer: { state: "stored", outcome: null } };
const variants: readonly (readonly [string, Job, string, JobEvent])[] = [
  ["queued, due later", aQueuedJob({ notBefore: NOW + 1 }), "claim", events.claim],
  [
    "queued recheck",
    aQueuedJob({ kind: "recheck" }),
    "claim by an agent that does not know it",
    events.claim,
  ],
  ["queued, approved", aQueuedJob({ approval: anApproval() }), "claim", events.claim],
  [
    "queued, approval run out",
    aQueuedJob({ approval: anApproval({ until: NOW }) }),
    "claim",
    events.claim,
  ],
  ["leased", aLeasedJob(), "claim repeated", { ...events.claim, claimId: "c1" }],
  ["leased", aLeasedJob(), "claim by another agent", { ...events.claim, agent: "a2" }],
  [
    "leased",
    aLeasedJob(),
    "another agent's claim with the same claimId",
    { ...events.claim, agent: "a2", claimId: "c1" },
  ],
  ["leased for 29 min", aLeasedJob({ since: NOW - 29 * MINUTE }), "claim", events.claim],
  [
    "leased, approval run out",
    aLeasedJob({ approval: anApproval({ until: NOW }) }),
    "claim",
    events.claim,
  ],
  [
    "leased",
    aLeasedJob(),
    "progress with an intent",
    { ...events.progress, intent: "PUT the rule" },
  ],
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
  [
    "leased, call 1 stored",
    aLeasedJob({ lastCall }),
    "call 1 with another body",
    { ...events.progress, digest: "d2" },
  ],
  [
    "leased, call 1 stored",
    aLeasedJob({ lastCall }),
    "a late call 0",
    { ...events.progress, seq: 0 },
  ],
  ["leased, call 1 stored", aLeasedJob({ lastCall }), "call 2", { ...events.done, seq: 2 }],
  ["queued, call 1 stored", aQueuedJob({ fence: 5, lastCall }), "the same call", events.retry],
  ["awaiting, call 1 stored", anAwaitingJob({ lastCall }), "the same call", events.ask],
  ["finished, call 1 stored", aFinishedJob({ lastCall }), "the same call", events.done],
  [
    "finished, call 1 stored",
    aFinishedJob({ lastCall }),
    "call 1 with another body",
    { ...events.done, digest: "d2" },
  ],
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
    [
      "leased, attempt 3, dirty",
      aLeasedJob({ attempts: 3, dirty: FROM_ANNA }),
      kind,
      events[kind],
    ] as const,
    ["leased, cancel asked", aLeasedJob({ cancelBy: "ben" }), kind, events[kind]] as const,
    [
      "leased, cancel asked, dirty",
      aLeasedJob({ cancelBy: "ben", dirty: FROM_ALERTS }),
      kind,
      events[kind],
    ] as const,
    ["leased, intent", aLeasedJob({ intent: "PUT the rule" }), kind, events[kind]] as const,
    ["leased, approved", aLeasedJob({ approval: anApproval() }), kind, events[kind]] as const,
    ["leased, dirty by a person", aLeasedJob({ dirty: FROM_ANNA }), kind, events[kind]] as const,
  ]),
  ["leased, attempt 3, intent", aLeasedJob({ attempts: 3, intent: "PUT" }), "lapse", events.lapse],
  ["leased, attempt 3", aLeasedJob({ attempts: 3 }), "release", events.release],
  ["leased", aLeasedJob(), "release without a report", { ...events.release, withReport: false }],
  ["leased, cancel asked", aLeasedJob({ cancelBy: "ben" }), "release", events.release],
  ["leased, dirty by a person", aLeasedJob({ dirty: FROM_ANNA }), "release", events.release],
  ["queued, approved", aQueuedJob({ approval: anApproval() }), "approve", events.approve],
  ["awaiting", anAwaitingJob(), "approve another hash", { ...events.approve, hash: "h2" }],
  ["leased, cancel asked", aLeasedJob({ cancelBy: "anna" }), "cancel", events.cancel],
  ["queued, due later", aQueuedJob({ notBefore: NOW + HOUR }), "signal", events.signal],
  [
    "queued, due later",
    aQueuedJob({ notBefore: NOW + HOUR }),
    "a person's signal",
    { ...events.signal, reason: FROM_ANNA },
  ],
  ["leased", aLeasedJob(), "a person's signal", { ...events.signal, reason: FROM_ANNA }],
  ["leased, dirty by a person", aLeasedJob({ dirty: FROM_ANNA }), "signal", events.signal],
];

test("the variants of a cell decide as the design says", () => {
  const table = variants.map(([name, job, what, event]) => line(name, job, what, event));

  expect(table.join("\n")).toMatchInlineSnapshot(`
    "queued, due later + claim -> nothing to claim
    queued recheck + claim by an agent that does not know it -> nothing to claim
    queued, approved + claim -> leased, fence=6, agent=a1, claimId=c2, since=+0s, until=+120s
    queued, approval run out + claim -> leased, fence=6, agent=a1, claimId=c2, since=+0s, until=+120s, approval=null
    leased + claim repeated -> leased, unchanged
    leased + claim by another agent -> nothing to claim
    leased + another agent's claim with the same claimId -> nothing to claim
    leased for 29 min + claim -> leased, fence=6, claimId=c2, until=+60s
    leased, approval run out + claim -> leased, fence=6, claimId=c2, until=+120s, approval=null
    leased + progress with an intent -> leased, intent=PUT the rule, until=+120s, answer cancel:false dirty:false leaseMs:120000
    leased, intent + progress -> leased, until=+120s, answer cancel:false dirty:false leaseMs:120000
    leased for 29 min + progress -> leased, until=+60s, answer cancel:false dirty:false leaseMs:60000
    leased, dirty + progress -> leased, until=+120s, answer cancel:false dirty:true leaseMs:120000
    leased, cancel asked + progress -> leased, until=+120s, answer cancel:true dirty:false leaseMs:120000
    leased + progress under an old fence -> 409
    leased + progress under a fence of the future -> 409
    leased + done under an old fence -> 409
    leased + done under a fence of the future -> 409
    leased + ask under an old fence -> 409
    leased + ask under a fence of the future -> 409
    leased + retry under an old fence -> 409
    leased + retry under a fence of the future -> 409
    leased + release under an old fence -> 409
    leased + release under a fence of the future -> 409
    finished + done under an old fence -> 409
    leased, call 1 stored + the same call -> leased, unchanged, answer state:stored
    leased, call 1 stored + call 1 with another body -> 409
    leased, call 1 stored + a late call 0 -> 409
    leased, call 1 stored + call 2 -> finished recovered, at=+0s, report stored, answer state:finished outcome:recovered
    queued, call 1 stored + the same call -> queued, unchanged, answer state:stored
    awaiting, call 1 stored + the same call -> awaiting, unchanged, answer state:stored
    finished, call 1 stored + the same call -> finished gave-up, unchanged, answer state:stored
    finished, call 1 stored + call 1 with another body -> 409
    leased, dirty + done -> finished recovered, at=+0s, report stored, opens one for am, answer state:finished outcome:recovered
    leased, cancel asked + done -> finished recovered, at=+0s, report stored, answer state:finished outcome:recovered
    leased, intent + done -> finished recovered, intent=null, at=+0s, report stored, answer state:finished outcome:recovered
    leased, router uncertain + done -> finished recovered, routerUncertain=false, at=+0s, report stored, answer state:finished outcome:recovered
    leased, cancel asked + ask -> finished cancelled, at=+0s, by=ben, report stored, answer state:finished outcome:cancelled
    leased, asked once + ask -> awaiting, asks=2, planHash=h1, until=+1800s, report stored, answer state:awaiting
    leased, asked twice + ask -> finished plan-changed, asks=3, at=+0s, report stored, answer state:finished outcome:plan-changed
    leased, asked twice, dirty + ask -> finished plan-changed, asks=3, at=+0s, report stored, opens one for am, answer state:finished outcome:plan-changed
    finished, has its report + done -> 409
    finished, has its report + ask -> 409
    finished, has its report + retry -> finished gave-up, answer state:finished outcome:gave-up
    leased, attempt 2 + retry -> queued, attempts=3, notBefore=+60s, report stored, answer state:queued
    leased, attempt 3 + retry -> finished gave-up, at=+0s, report stored, answer state:finished outcome:gave-up
    leased, attempt 3, dirty + retry -> finished gave-up, at=+0s, report stored, opens one for anna, answer state:finished outcome:gave-up
    leased, cancel asked + retry -> finished cancelled, at=+0s, by=ben, report stored, answer state:finished outcome:cancelled
    leased, cancel asked, dirty + retry -> finished cancelled, at=+0s, by=ben, report stored, opens one for am, answer state:finished outcome:cancelled
    leased, intent + retry -> queued, attempts=2, notBefore=+30s, report stored, answer state:queued
    leased, approved + retry -> queued, attempts=2, notBefore=+30s, report stored, answer state:queued
    leased, dirty by a person + retry -> queued, origin=anna, registry=ghcr.io, attempts=2, notBefore=+30s, report stored, answer state:queued
    leased, attempt 2 + lapse -> queued, attempts=3, notBefore=+60s
    leased, attempt 3 + lapse -> finished gave-up, at=+0s
    leased, attempt 3, dirty + lapse -> finished gave-up, at=+0s, opens one for anna
    leased, cancel asked + lapse -> finished cancelled, at=+0s, by=ben
    leased, cancel asked, dirty + lapse -> finished cancelled, at=+0s, by=ben, opens one for am
    leased, intent + lapse -> queued, attempts=2, routerUncertain=true, notBefore=+30s
    leased, approved + lapse -> queued, attempts=2, notBefore=+30s
    leased, dirty by a person + lapse -> queued, origin=anna, registry=ghcr.io, attempts=2, notBefore=+30s
    leased, attempt 3, intent + lapse -> finished gave-up, routerUncertain=true, at=+0s
    leased, attempt 3 + release -> queued, releases=1, notBefore=+0s, report stored, answer state:queued
    leased + release without a report -> queued, releases=1, notBefore=+0s, answer state:queued
    leased, cancel asked + release -> finished cancelled, at=+0s, by=ben, report stored, answer state:finished outcome:cancelled
    leased, dirty by a person + release -> queued, origin=anna, registry=ghcr.io, releases=1, notBefore=+0s, report stored, answer state:queued
    queued, approved + approve -> queued, unchanged, answer approvedBy:anna already:true
    awaiting + approve another hash -> 409
    leased, cancel asked + cancel -> leased, unchanged
    queued, due later + signal -> queued, unchanged
    queued, due later + a person's signal -> queued, origin=anna, registry=ghcr.io, notBefore=+0s
    leased + a person's signal -> leased, dirty=anna
    leased, dirty by a person + signal -> leased, unchanged"
  `);
});
