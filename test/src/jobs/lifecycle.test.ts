// The job's whole life as one table: each line is one state and one event.
import { expect, test } from "vitest";
import { nextDue } from "../../../src/jobs/lifecycle.ts";
import type { Job } from "../../../src/protocol/job.ts";
import {
  aFinishedJob,
  aLeasedJob,
  anAwaitingJob,
  aQueuedJob,
  HOUR,
  LIMITS,
  MINUTE,
  NOW,
  SECOND,
} from "../support/a-job.ts";
import { events, line } from "../support/job-events.ts";

/** Queued again after its lease under fence 5, or never claimed yet; the table's four columns. */
const states: Record<Job["state"], Job> = {
  queued: aQueuedJob({ fence: 5 }),
  leased: aLeasedJob(),
  awaiting: anAwaitingJob(),
  finished: aFinishedJob(),
};

test("every state meets every event as the design's table says", () => {
  const table = Object.entries(events).flatMap(([what, event]) =>
    Object.entries(states).map(([name, job]) => line(name, job, what, event)),
  );

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
    queued + retry -> queued, lateFence=5, report stored, answer state:queued
    leased + retry -> queued, attempts=2, notBefore=+30s, report stored, answer state:queued
    awaiting + retry -> 409
    finished + retry -> finished gave-up, report stored, answer state:finished outcome:gave-up
    queued + release -> queued, lateFence=5, report stored, answer state:queued
    leased + release -> queued, releases=1, notBefore=+0s, report stored, answer state:queued
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
    queued + signal -> queued, dirty=am
    leased + signal -> leased, dirty=am
    awaiting + signal -> awaiting, unchanged
    finished + signal -> 409"
  `);
});

test.each([
  ["a queued job: a day after it was due", aQueuedJob({ notBefore: NOW - HOUR }), 23 * HOUR],
  ["a job under a hold: a day after it is due", aQueuedJob({ dueAt: NOW + HOUR }), 25 * HOUR],
  ["a job handed back: a day after it was first due", aQueuedJob({ notBefore: NOW }), 23 * HOUR],
  ["a lease: when it ends", aLeasedJob(), 90 * SECOND],
  ["a plan that waits: after its 30 minutes", anAwaitingJob(), 20 * MINUTE],
  ["a plan of an old job: the same", anAwaitingJob({ dueAt: NOW - 25 * HOUR }), 20 * MINUTE],
])("time alone ends %s", (_, job, inMs) => {
  expect(nextDue(job, LIMITS)).toBe(NOW + inMs);
});

test("time alone changes nothing about a finished job", () => {
  expect(nextDue(aFinishedJob(), LIMITS)).toBe(null);
});
