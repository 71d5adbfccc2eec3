// Has the path healed? What the Worker knows of earlier rounds and what this one showed. Pure.
import type { Healing } from "../src/protocol/calls.ts";
import type { Reading } from "../src/protocol/report.ts";

/** Every try at every IPv6 address of every host answered as it should; without any it is not good. */
export function isGoodRound(hosts: readonly string[], readings: readonly Reading[]): boolean {
  return hosts.every((host) => {
    const own = readings.filter((reading) => reading.host === host);
    return own.length > 0 && own.every(({ outcome }) => outcome === "ok");
  });
}

/** Enough good rounds in a row, this one included, over enough time (DESIGN section 6). */
export function isHealed({ goodRounds, neededRounds, neededMs }: Healing, now: number): boolean {
  const first = goodRounds[0] ?? now;
  return goodRounds.length + 1 >= neededRounds && now - first >= neededMs;
}
