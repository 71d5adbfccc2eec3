import { describe, expect, test } from "vitest";
import { isRetryable, pauseMs, retryAfterMs } from "../../../agent/basics/retry.ts";

const BACKOFF = { firstMs: 1_000, mostMs: 60_000, mostAskedMs: 300_000 };
const NOW = Date.UTC(2027, 0, 15, 8, 0, 0);

describe("the pause before the next try", () => {
  test("doubles up to its limit", () => {
    const pauses = [0, 1, 2, 5, 6, 100].map((failures) =>
      pauseMs(BACKOFF, { failures, random: 1 }),
    );

    expect(pauses).toEqual([1_000, 2_000, 4_000, 32_000, 60_000, 60_000]);
  });

  test("is cut by chance to no less than half", () => {
    const pauses = [0, 0.5, 1].map((random) => pauseMs(BACKOFF, { failures: 2, random }));

    expect(pauses).toEqual([2_000, 3_000, 4_000]);
  });

  test.each([
    [0, 0],
    [7_000, 7_000],
    [86_400_000, 300_000],
  ])("is as the other side says, up to the limit: %i ms → %i ms", (asked, pause) => {
    expect(pauseMs(BACKOFF, { failures: 3, random: 0, retryAfterMs: asked })).toBe(pause);
  });
});

test("a status is tried again or not", () => {
  const again = [400, 401, 403, 404, 408, 409, 410, 422, 423, 425, 426, 429, 500, 503, 529];

  expect(again.filter(isRetryable)).toEqual([408, 423, 425, 429, 500, 503, 529]);
});

test.each([
  [undefined, null],
  ["", null],
  ["soon", null],
  ["-1", null],
  ["0", 0],
  [" 7 ", 7_000],
  ["Fri, 15 Jan 2027 08:01:00 GMT", 60_000],
  ["Fri, 15 Jan 2027 07:00:00 GMT", 0],
])("Retry-After %j is %j ms", (header, ms) => {
  expect(retryAfterMs(header, NOW)).toBe(ms);
});
