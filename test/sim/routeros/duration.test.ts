import { expect, test } from "vitest";
import { asDuration, durationMs } from "../../../sim/routeros/duration.ts";

test.each([
  ["30m", 1_800_000],
  ["1d2h3m4s", 93_784_000],
  ["1w", 604_800_000],
  ["250ms", 250],
  ["00:05:00", 300_000],
  ["90", 90_000],
  ["5 minutes", null],
  ["", null],
  ["m5", null],
])("%j lasts %j ms", (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});

test.each([
  [299_001, "5m"],
  [299_000, "4m59s"],
  [93_784_000, "1d2h3m4s"],
  [0, "0s"],
])("%i ms read back as %s", (ms, text) => {
  expect(asDuration(ms)).toBe(text);
});
