import { describe, expect, test } from "vitest";
import { permissionFor } from "../../../agent/plan/may-act.ts";
import { planFor, planHash } from "../../../agent/plan/plan.ts";
import type { ClaimedJob } from "../../../src/protocol/calls.ts";
import { MINUTE } from "../../support/a-pod.ts";
import { aJob, aPolicy, BY_PERSON } from "../../support/a-policy.ts";
import { HUB, NOW, TOKEN } from "../../support/a-round.ts";

const PLAN = planFor(
  { verdict: "ipv6-tls-stall", hosts: [HUB, TOKEN], toRule: [HUB, TOKEN] },
  aPolicy(),
);
const RESTARTS_ONLY = planFor(
  { verdict: "rule-active", hosts: [HUB, TOKEN], toRule: [] },
  aPolicy(),
);

const none = null;
const right = { hash: planHash(PLAN), by: "U123", at: NOW, until: NOW + 15 * MINUTE };
const wrong = { ...right, hash: planHash(RESTARTS_ONLY) };
const expired = { ...right, until: NOW };
const approvals = { none, right, wrong, expired };

/** mode, whether the verdict asks, approval → what is allowed. */
const ROWS = [
  ["observe", false, "none", "observe"],
  ["observe", false, "right", "observe"],
  ["observe", true, "right", "observe"],
  ["approve", false, "none", "ask"],
  ["approve", false, "right", "act"],
  ["approve", false, "wrong", "ask"],
  ["approve", false, "expired", "ask"],
  ["approve", true, "none", "ask"],
  ["approve", true, "right", "act"],
  ["approve", true, "wrong", "ask"],
  ["auto", false, "none", "act"],
  ["auto", false, "right", "act"],
  ["auto", false, "wrong", "act"],
  ["auto", true, "none", "ask"],
  ["auto", true, "right", "act"],
  ["auto", true, "wrong", "ask"],
  ["auto", true, "expired", "ask"],
] as const;

function permission(
  mode: "observe" | "approve" | "auto",
  job: Partial<ClaimedJob>,
  { asks = false, plan = PLAN, router = true } = {},
) {
  const setting = { policy: aPolicy({ mode }), hasRouter: router, clamps: true, now: NOW };
  return permissionFor(aJob(job), { plan, asks }, setting);
}

describe("may the plan be carried out now", () => {
  test.each(ROWS)("MODE=%s, verdict asks: %s, approval %s → %s", (mode, asks, which, kind) => {
    expect(permission(mode, { approval: approvals[which] }, { asks }).kind).toBe(kind);
  });

  test.each(["observe", "approve", "auto"] as const)(
    "the job `diagnose` never acts, MODE=%s with an approval and a person",
    (mode) => {
      const job = { kind: "diagnose", approval: right, origin: BY_PERSON } as const;

      expect(permission(mode, job).kind).toBe("observe");
    },
  );

  test("without a router everything is only observed, and that is the reason told", () => {
    for (const mode of ["observe", "approve", "auto"] as const)
      for (const plan of [PLAN, RESTARTS_ONLY])
        expect(permission(mode, { approval: right }, { router: false, plan })).toMatchObject({
          kind: "observe",
          why: expect.stringContaining("No router"),
        });
  });

  test("why it asks names who approved and what is wrong with it", () => {
    expect([
      permission("approve", {}),
      permission("approve", { approval: expired }),
      permission("approve", { approval: wrong }),
    ]).toEqual([
      { kind: "ask", why: "This needs a person's approval." },
      { kind: "ask", why: "The approval by U123 has run out." },
      { kind: "ask", why: "U123 approved another plan; the finding has changed." },
    ]);
  });
});
