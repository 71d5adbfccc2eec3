// Asked before each single write, without a call to the Worker.
import { expect, test } from "vitest";
import { CANCELLED, granted, hold, refused } from "../../support/a-lease.ts";

test.each([
  [45_000, true],
  [45_001, false],
])("%i ms after the claim of 120 s, with a reserve of 75 s: %s", (ms, still) => {
  const held = hold(granted);

  held.time = ms;

  expect(held.lease.stillHeld()).toBe(still);
});

test("it is answered without asking the Worker", () => {
  const { lease, asked } = hold(granted);

  lease.stillHeld();

  expect(asked).toEqual([]);
});

test("a renewal counts from its sending", async () => {
  const held = hold(granted);
  held.time = 60_000;

  await held.lease.mayWrite({ on: "router", what: "ensure the rule" });
  held.time += 45_000;

  expect(held.lease.stillHeld()).toBe(true);
});

test.each([
  ["cancelled by a person", false, async () => CANCELLED],
  ["that another agent took over", false, refused(409)],
  ["whose renewal failed once", true, refused(503)],
] as const)("one %s: %s", async (_what, still, answer) => {
  const { lease } = hold(answer);

  await lease.mayWrite({ on: "cluster", what: "restart 2 pods" });

  expect(lease.stillHeld()).toBe(still);
});
