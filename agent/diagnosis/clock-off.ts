// Is this node's clock off? Each host of the policy that showed its clock has one vote. Pure.
import type { Reading, Round } from "../../src/protocol/round.ts";
import { median } from "../../src/shown/median.ts";
import type { Policy } from "../ports/policy.ts";

/** A clock this far off makes valid certificates look invalid (docs/design.md section 5, row 3). */
const OFF_MS = 300_000;

export type ClockOff = {
  /** The median of the servers' clocks minus this node's, ms. */
  readonly serversAheadMs: number;
  readonly hosts: number;
  readonly of: number;
};

/**
 * Null unless more than half of the hosts disagree with this node's clock: one server with a wrong
 * clock is that server's trouble. Only hosts that the policy names vote: image hosts are chosen by
 * anybody who may name an image.
 */
export function clockOff(round: Round, policy: Policy): ClockOff | null {
  const named = [...policy.ruleHosts, ...policy.ipv6Controls, policy.ipv4Control];
  return vote(round.readings.filter(({ host }) => named.includes(host)));
}

function vote(readings: readonly Reading[]): ClockOff | null {
  const perHost = new Map<string, number[]>();
  for (const { host, serverAheadMs } of readings)
    if (serverAheadMs !== undefined)
      perHost.set(host, [...(perHost.get(host) ?? []), serverAheadMs]);
  const votes = [...perHost.values()].map((ahead) => median(ahead) ?? 0);
  const off = votes.filter((ms) => Math.abs(ms) > OFF_MS);
  return off.length * 2 > votes.length
    ? { serversAheadMs: median(off) ?? 0, hosts: off.length, of: votes.length }
    : null;
}
