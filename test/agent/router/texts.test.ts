// Durations and networks: what RouterOS writes, read; what it wants, written.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asDuration, durationMs } from "../../../agent/router/duration.ts";
import { canonical, contains } from "../../../agent/router/network.ts";

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

describe("a network", () => {
  test.each([
    ["2600:1F18:0:0::5/64", "2600:1f18::/64"],
    ["2600:1f18:2148:bc00:1:2:3:4/64", "2600:1f18:2148:bc00::/64"],
    ["2600:0:0:1::", "2600:0:0:1::/128"],
    ["2001:db8:0:1:1:1:1:1/128", "2001:db8:0:1:1:1:1:1/128"],
    ["192.0.2.0/24", null],
    ["hub.example", null],
    ["fe80::1%eth0/64", null],
    ["2600::/129", null],
  ])("%s is spelled %s", (text, spelled) => {
    expect(canonical(text)).toBe(spelled);
  });

  test.each([
    ["2600:1f18::/32", "2600:1f18:2148::/48", true],
    ["2600:1f18:2148::/48", "2600:1f18::/32", false],
    ["2600:1f18::/32", "2600:1f19::/64", false],
    ["2600:1f18::/32", "2600:1f18::1", true],
    ["hub.example", "2600::/64", false],
  ])("%s holds %s: %s", (outer, inner, held) => {
    expect(contains(outer, inner)).toBe(held);
  });
});
