// Did the rule help? Judges what `verify` measured (docs/design.md section 6). Pure.
import type { Round } from "../../src/protocol/round.ts";
import { hostFamily } from "../diagnosis/family-state.ts";
import { PAST_THE_RULE } from "../diagnosis/past-the-rule.ts";
import type { Verified } from "../ports/network.ts";

export type Counters = { readonly before: bigint; readonly after: bigint };

/** A counter below what it was has begun anew: a restart, a reset, or one router of two that is away. */
function grew({ before, after }: Counters): boolean {
  return after < before ? after > 0n : after > before;
}

/** Why the rule did not help; empty if it did. */
export function reasonsNotHelped(
  verified: Verified,
  { round, counters }: { readonly round: Round; readonly counters: Counters | null },
  ipv6Controls: readonly string[],
): string[] {
  return [
    ...verified.blocked
      .filter(({ blocked }) => !blocked)
      .map(({ host, address }) => `${address} (${host}) still answers over IPv6`),
    ...(counters !== null && !grew(counters)
      ? [`the rule counted no packet, so this node's IPv6 goes past it: look at ${PAST_THE_RULE}`]
      : []),
    ...verified.dials
      .filter(({ outcome }) => outcome !== "ok")
      .map(
        ({ host, outcome, reached }) =>
          `a client's dial to ${host} ended ${outcome} after ${reached}`,
      ),
    ...ipv6Controls
      .filter((host) => hostFamily(round, host, "v6").state === "ok")
      .filter((host) => !verified.controls.some((r) => r.host === host && r.outcome === "ok"))
      .map((host) => `the control ${host} worked over IPv6 before and does not now`),
  ];
}
