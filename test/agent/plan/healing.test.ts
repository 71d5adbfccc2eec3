import { describe, expect, test } from "vitest";
import { isGoodRound, isHealed } from "../../../agent/plan/healing.ts";
import type { Healing } from "../../../src/protocol/calls.ts";
import { aRound, HUB, NOW, TOKEN, type Path } from "../../support/a-round.ts";

const HOUR = 3_600_000;
const ipv6 = (hub: Path, token: Path) =>
  aRound({
    hosts: [HUB, TOKEN],
    paths: { [HUB]: ["ok", hub], [TOKEN]: ["ok", token] },
  }).readings.filter(({ family }) => family === "v6");

test.each<[Path, Path, boolean]>([
  ["ok", "ok", true],
  ["slow", "ok", true],
  ["tls stall", "ok", false],
  ["half stall", "ok", false],
  ["one address stalls", "ok", false],
  ["ok", "503", false],
  ["ok", "no record", false],
  ["no record", "no record", false],
])("registry %s and token host %s over IPv6: a good round is %s", (hub, token, good) => {
  expect(isGoodRound([HUB, TOKEN], ipv6(hub, token))).toBe(good);
});

describe("healed is six good rounds over a day", () => {
  const healing = (hoursAgo: readonly number[], neededMs = 24 * HOUR): Healing => ({
    since: NOW - 100 * HOUR,
    goodRounds: hoursAgo.map((hours) => NOW - hours * HOUR),
    neededRounds: 6,
    neededMs,
    relapses: 0,
  });

  test.each<[string, Healing, boolean]>([
    ["five before, the first a day ago", healing([24, 20, 16, 12, 8]), true],
    ["five before, the first 23 hours ago", healing([23, 20, 16, 12, 8]), false],
    ["four before, the first two days ago", healing([48, 20, 16, 12]), false],
    ["none before", healing([]), false],
    ["twice the time after a relapse", healing([24, 20, 16, 12, 8], 48 * HOUR), false],
    ["twice the time, and it has passed", healing([48, 20, 16, 12, 8], 48 * HOUR), true],
  ])("%s", (_case, seen, expected) => {
    expect(isHealed(seen, NOW)).toBe(expected);
  });
});
