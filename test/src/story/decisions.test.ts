// What people decided, read from the trail as the cluster's object writes it.
import { expect, test } from "vitest";
import { decisions } from "../../../src/story/decisions.ts";

const TRAIL = [
  ["opened", "am"],
  ["claim: queued → leased", "agent-1"],
  ["ask: leased → awaiting", "agent"],
  ["approve: awaiting → queued", "slack:T1/U2"],
  ["cancel asked", "operator:anna"],
  ["cancel: queued → finished cancelled", "operator:anna"],
  ["dismiss: awaiting → finished dismissed", "operator:bert"],
  ["done: leased → finished recovered", "agent"],
  ["undo asked", "slack:T1/U3"],
  ["message failed", "backon"],
  // The Worker itself: a hold, or a recheck without a rule.
  ["cancel: queued → finished cancelled", "backon"],
  ["approved by nobody", "am"],
] as const;

test("people's decisions in their order, and nobody else's", () => {
  const events = TRAIL.map(([what, by], at) => ({ at, job: "j1", what, by, detail: "" }));

  expect(decisions(events).map(({ what, by, at }) => `${at} ${by} ${what}`)).toEqual([
    "3 slack:T1/U2 approved",
    "4 operator:anna asked to stop",
    "5 operator:anna cancelled",
    "6 operator:bert dismissed",
    "8 slack:T1/U3 asked for an undo",
  ]);
});
