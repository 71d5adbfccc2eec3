// Which of the rules on the router the report is about. Pure.
import ipaddr from "ipaddr.js";
import type { Round } from "../../src/protocol/round.ts";
import { areBlocked, coversAll } from "../basics/networks.ts";
import { ourRule } from "../ports/our-rule.ts";
import type { Policy } from "../ports/policy.ts";
import type { RouterView, RuleOnRouter } from "../ports/router.ts";

type Wanted = {
  /** IPv6 addresses of RULE_HOSTS, as they were looked up last. */
  readonly addresses: readonly string[];
  readonly prefix: string;
};

/**
 * Ours; else a person's in force that does the same, or several that do it together, under the first
 * one's name. A person's rule for a part of it is not the rule.
 */
export function shownRule(
  { rules }: RouterView,
  round: Round | null,
  { prefix, ruleHosts }: Policy,
): RuleOnRouter | undefined {
  const lookups = round?.lookups.filter(
    ({ family, host }) => family === "v6" && ruleHosts.includes(host),
  );
  const wanted = { addresses: lookups?.flatMap(({ addresses }) => addresses) ?? [], prefix };
  const inForce = rules.filter(({ disabled }) => !disabled);
  const [first, ...others] = inForce;
  const together = { networks: inForce.flatMap(({ networks }) => networks) };
  return (
    ourRule(rules) ??
    inForce.find(({ networks }) => isWhole(networks, wanted)) ??
    (first !== undefined && others.length > 0 && isWhole(together.networks, wanted)
      ? { ...first, ...together }
      : undefined)
  );
}

/** All of PREFIX, or every address that is in use. */
function isWhole(networks: readonly string[], { addresses, prefix }: Wanted): boolean {
  if (addresses.length > 0 && areBlocked(addresses, networks)) return true;
  const ends = [
    ipaddr.IPv6.networkAddressFromCIDR(prefix),
    ipaddr.IPv6.broadcastAddressFromCIDR(prefix),
  ].map(String);
  return networks.some((network) => coversAll(network, ends));
}
