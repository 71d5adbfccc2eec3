// Is this node's clock off? Each host that showed its clock has one vote. Pure.
import type { Round } from "../src/protocol/report.ts";

/** A clock this far off makes valid certificates look invalid (DESIGN section 5, row 3). */
const OFF_MS = 300_000;

export type ClockOff = {
  /** The median of the servers' clocks minus this node's, ms. */
  readonly serversAheadMs: number;
  readonly hosts: number;
  readonly of: number;
};

/**
 * Null unless more than half of the hosts disagree with this node's clock: one server with a wrong
 * clock is that server's trouble.
 */
export function clockOff(round: Round): ClockOff | null {
  const perHost = new Map<string, number[]>();
  for (const { host, serverAheadMs } of round.readings)
    if (serverAheadMs !== undefined)
      perHost.set(host, [...(perHost.get(host) ?? []), serverAheadMs]);
  const votes = [...perHost.values()].map(median);
  const off = votes.filter((ms) => Math.abs(ms) > OFF_MS);
  return off.length * 2 > votes.length
    ? { serversAheadMs: median(off), hosts: off.length, of: votes.length }
    : null;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
