// Durations: what RouterOS writes, read; what it wants, written.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asDuration, durationMs } from "../../../src/shown/routeros-duration.ts";

describe("a duration", () => {
  test.each([
    ["29m58s", 1_798_000],
    ["30m", 1_800_000],
    ["1d2h3m4s", 93_784_000],
    ["2w1d", 1_296_000_000],
    ["1d02:03:04", 93_784_000],
    ["00:29:58", 1_798_000],
    ["90", 90_000],
    ["0s", 0],
    ["500ms", 500],
    ["", null],
    ["soon", null],
    ["-5m", null],
    ["5m later", null],
  ])("%j is %j ms", (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  test.each([
    [1_800_000, "30m"],
    [5_400_000, "1h30m"],
    [86_400_000, "1d"],
    [1_500, "2s"],
    [0, "1s"],
  ])("of %i ms is written %s", (ms, text) => {
    expect(asDuration(ms)).toBe(text);
  });

  test("reads back as it was written, rounded up to whole seconds", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 10 }), (ms) => {
        expect(durationMs(asDuration(ms))).toBe(Math.ceil(ms / 1_000) * 1_000);
      }),
    );
  });
});
