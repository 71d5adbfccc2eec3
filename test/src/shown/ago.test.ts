// How long ago, as people say it.
import { expect, test } from "vitest";
import { ago, roughly } from "../../../src/shown/ago.ts";

const NOW = Date.UTC(2026, 10, 23);
const [S, MIN, H, D] = [1_000, 60_000, 3_600_000, 86_400_000];

test.each([
  [0, "just now"],
  [44 * S, "just now"],
  [-30 * S, "just now"],
  [50 * S, "50 s ago"],
  [5 * MIN, "5 min ago"],
  [-30 * MIN, "in 30 min"],
  [47 * H, "47 h ago"],
  [3 * D, "3 d ago"],
])("%i ms back is %s", (ms, words) => {
  expect(ago(NOW - ms, NOW)).toBe(words);
});

test("a span has one unit", () => {
  expect([41 * S, 90 * S, 2 * H, 60 * D].map(roughly)).toEqual(["41 s", "2 min", "2 h", "60 d"]);
});
