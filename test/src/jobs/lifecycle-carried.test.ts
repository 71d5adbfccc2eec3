// What a job carries along until somebody has looked at it, what it lets pass only so often, and
// whose word it does not take.
import { expect, test } from "vitest";
import {
  aFinishedJob,
  aLeasedJob,
  anApproval,
  anAwaitingJob,
  aQueuedJob,
  FROM_ALERTS,
  FROM_ANNA,
  NOW,
} from "../support/a-job.ts";
import { events, line } from "../support/job-events.ts";

test("a reason that came in during an attempt is in the next claim, or opens a job at the end", () => {
  const again = aQueuedJob({ fence: 5, dirty: FROM_ANNA });
  const approved = aQueuedJob({ fence: 5, dirty: FROM_ANNA, approval: anApproval() });
  const awaiting = anAwaitingJob({ dirty: FROM_ANNA });
  const other = { ...FROM_ALERTS, origin: { ...FROM_ALERTS.origin, by: "am2" } };

  const table = [
    line("queued again, dirty", again, "a late done", events.done),
    line("queued again, dirty", again, "a late ask", events.ask),
    line("queued again, dirty", again, "claim", events.claim),
    line("queued, approved, dirty", approved, "claim", events.claim),
    line("leased, dirty", aLeasedJob({ dirty: FROM_ANNA }), "ask", events.ask),
    line("awaiting, dirty", awaiting, "approve", events.approve),
    line("awaiting, dirty", awaiting, "dismiss", events.dismiss),
    line("awaiting, dirty", awaiting, "cancel", events.cancel),
    line("awaiting, dirty", awaiting, "expire", events.expire),
    line("leased, dirty", aLeasedJob({ dirty: FROM_ALERTS }), "another sender's signal", {
      ...events.signal,
      reason: other,
    }),
  ];

  expect(table.join("\n")).toMatchInlineSnapshot(`
    "queued again, dirty + a late done -> finished recovered, at=+0s, report stored, opens one for anna, answer state:finished outcome:recovered
    queued again, dirty + a late ask -> awaiting, asks=1, planHash=h1, until=+1800s, report stored, answer state:awaiting
    queued again, dirty + claim -> leased, fence=6, agent=a1, claimId=c2, since=+0s, until=+120s, dirty=null
    queued, approved, dirty + claim -> leased, fence=6, agent=a1, claimId=c2, since=+0s, until=+120s
    leased, dirty + ask -> awaiting, asks=1, planHash=h1, until=+1800s, report stored, answer state:awaiting
    awaiting, dirty + approve -> queued, notBefore=+0s, approval=ben until +900s, answer approvedBy:ben already:false
    awaiting, dirty + dismiss -> finished dismissed, at=+0s, by=ben, opens one for anna
    awaiting, dirty + cancel -> finished cancelled, at=+0s, by=ben, opens one for anna
    awaiting, dirty + expire -> finished expired, at=+0s, opens one for anna
    leased, dirty + another sender's signal -> leased, unchanged"
  `);
});

test("a report is taken from who has claimed, and of an ending there is one", () => {
  const kinds = ["progress", "done", "ask", "retry", "release"] as const;
  const told = aFinishedJob({ hasReport: true });

  const table = [
    ...kinds.map((kind) =>
      line("never claimed", aQueuedJob(), `${kind}, fence 0`, { ...events[kind], fence: 0 }),
    ),
    line("finished, has its report", told, "retry", events.retry),
    line("finished, has its report", told, "release", events.release),
  ];

  expect(table.join("\n")).toMatchInlineSnapshot(`
    "never claimed + progress, fence 0 -> 409
    never claimed + done, fence 0 -> 409
    never claimed + ask, fence 0 -> 409
    never claimed + retry, fence 0 -> 409
    never claimed + release, fence 0 -> 409
    finished, has its report + retry -> finished gave-up, answer state:finished outcome:gave-up
    finished, has its report + release -> finished gave-up, answer state:finished outcome:gave-up"
  `);
});

test("handing back counts as an attempt after the twentieth time", () => {
  const table = [
    line("handed back 19 times", aLeasedJob({ releases: 19 }), "release", events.release),
    line("handed back 20 times", aLeasedJob({ releases: 20 }), "release", events.release),
    line(
      "handed back 20 times, attempt 3",
      aLeasedJob({ releases: 20, attempts: 3 }),
      "release",
      events.release,
    ),
  ];

  expect(table.join("\n")).toMatchInlineSnapshot(`
    "handed back 19 times + release -> queued, releases=20, notBefore=+0s, report stored, answer state:queued
    handed back 20 times + release -> queued, attempts=2, releases=21, notBefore=+30s, report stored, answer state:queued
    handed back 20 times, attempt 3 + release -> finished gave-up, releases=21, at=+0s, report stored, answer state:finished outcome:gave-up"
  `);
});

test("a second approval counts only for the approved plan, while the first is valid", () => {
  const approved = aQueuedJob({ approval: anApproval() });
  const runOut = aQueuedJob({ approval: anApproval({ until: NOW }) });

  const table = [
    line("approved", approved, "approve", events.approve),
    line("approved", approved, "approve another hash", { ...events.approve, hash: "h2" }),
    line("approved, run out", runOut, "approve", events.approve),
  ];

  expect(table.join("\n")).toMatchInlineSnapshot(`
    "approved + approve -> queued, unchanged, answer approvedBy:anna already:true
    approved + approve another hash -> 409
    approved, run out + approve -> 409"
  `);
});
