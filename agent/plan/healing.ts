// Has the path healed? What the Worker knows of earlier rounds and what this one showed. Pure.
import type { Healing } from "../../src/protocol/calls.ts";
import type { Reading } from "../../src/protocol/round.ts";

const NO_MEASUREMENT: readonly Reading["outcome"][] = ["unknown", "failed", "no-route"];

/** Each host was tried, and no try ended for a reason that is not the path's. */
export function isMeasured(hosts: readonly string[], readings: readonly Reading[]): boolean {
  return (
    hosts.every((host) => readings.some((reading) => reading.host === host)) &&
    !readings.some(({ outcome }) => NO_MEASUREMENT.includes(outcome))
  );
}

/** Every try at every IPv6 address of every host answered as it should; without any it is not good. */
export function isGoodRound(hosts: readonly string[], readings: readonly Reading[]): boolean {
  return isMeasured(hosts, readings) && readings.every(({ outcome }) => outcome === "ok");
}

/** Enough good rounds in a row, this one included, over enough time (docs/design.md section 6). */
export function isHealed({ goodRounds, neededRounds, neededMs }: Healing, now: number): boolean {
  const first = goodRounds[0] ?? now;
  return goodRounds.length + 1 >= neededRounds && now - first >= neededMs;
}
