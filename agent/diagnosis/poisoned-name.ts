// A name that lies: the site's resolver leads to another network than a resolver that was asked over
// HTTPS. Pools of addresses differ from one answer to the next, so that alone is no proof. Pure.
import ipaddr from "ipaddr.js";
import type { Round, SecondOpinion } from "../../src/protocol/round.ts";

/** Addresses of one provider's pool share these bits. */
const SHARED = { v4: 16, v6: 32 } as const;

/** The other resolver's address is in another network, and shows the host's own certificate. */
export function isPoisoned(host: string, round: Round): boolean {
  return contradictions(host, round).some(({ answers }) => answers);
}

/** Opinions that name no network that the site's resolver names. */
export function contradictions(host: string, round: Round): readonly SecondOpinion[] {
  return (round.secondOpinions ?? []).filter(
    (opinion) => opinion.host === host && isElsewhere(opinion, round),
  );
}

function isElsewhere({ host, family, addresses }: SecondOpinion, round: Round): boolean {
  const lookup = round.lookups.find((one) => one.host === host && one.family === family);
  const here = lookup?.addresses ?? [];
  return (
    here.length > 0 &&
    addresses.length > 0 &&
    !here.some((one) => addresses.some((other) => shareNetwork(one, other, SHARED[family])))
  );
}

function shareNetwork(one: string, other: string, bits: number): boolean {
  if (!ipaddr.isValid(one) || !ipaddr.isValid(other)) return false;
  const [a, b] = [ipaddr.parse(one), ipaddr.parse(other)];
  return a.kind() === b.kind() && a.match(b, bits);
}
