// A plan that a person approved waits for its agent: what an earlier lease says late changes nothing.
import { expect, test } from "vitest";
import { transition } from "../../../src/jobs/lifecycle.ts";
import type { AgentEvent } from "../../../src/jobs/lifecycle-event.ts";
import { anApproval, aQueuedJob, LIMITS, NOW, PLAN } from "../support/a-job.ts";

const approved = aQueuedJob({ fence: 5, asks: 1, hasReport: true, approval: anApproval() });
const call = { at: NOW, fence: 5, seq: 7, digest: "d7" };

const late: readonly AgentEvent[] = [
  { ...call, kind: "done", outcome: "recovered" },
  { ...call, kind: "ask", plan: PLAN, planHash: "h2" },
  { ...call, kind: "retry" },
  { ...call, kind: "release", withReport: true },
];

test.each(late)("a late $kind is refused, and the approval stays", (event) => {
  expect(transition(approved, event, LIMITS)).toEqual({
    ok: false,
    status: 409,
    why: "job j1 waits with an approved plan: its report stays",
  });
});

test("to hand the job back without a report is no news", () => {
  const moved = transition(approved, { ...call, kind: "release", withReport: false }, LIMITS);

  expect(moved).toMatchObject({ ok: true, job: { state: "queued", approval: { by: "anna" } } });
});

test("the next lease carries the approved plan out", () => {
  const claim = { agent: "a2", process: null, claimId: "c9", fence: 6, kinds: ["remediate"] };

  const moved = transition(approved, { kind: "claim", at: NOW, ...claim }, LIMITS);

  expect(moved).toMatchObject({ ok: true, job: { state: "leased", approval: { hash: "h1" } } });
});

test("a number that is lower than the last one is told so", () => {
  const lastCall = { fence: 5, seq: 9, digest: "d9", answer: { state: "leased", outcome: null } };

  expect(transition(aQueuedJob({ fence: 5, lastCall }), late[0] ?? fail(), LIMITS)).toMatchObject({
    ok: false,
    why: "call 7 under fence 5 comes after call 9: numbers only grow",
  });
});

function fail(): never {
  throw new Error("no call");
}
