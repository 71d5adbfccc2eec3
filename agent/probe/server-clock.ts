// What a server's `Date` header says of this node's clock. Pure.
import type { Reading } from "../../src/protocol/round.ts";

/**
 * A node that starts without a battery for its clock may be in 1970. What is further off than this is
 * no clock, and may be no date that can be shown.
 */
const MOST_OFF_MS = 100 * 365.25 * 86_400_000;

/** The server's clock minus `now`, if it shows one. */
export function aheadIn(date: string | undefined, now: number): Pick<Reading, "serverAheadMs"> {
  const serverAheadMs = Date.parse(date ?? "") - now;
  return Math.abs(serverAheadMs) <= MOST_OFF_MS ? { serverAheadMs } : {};
}
