// Which addresses the list has to keep clients from. A large pool shows a part of itself at each lookup,
// and clients are given any of it: what this job has seen counts, and a few more lookups.
import type { Reading } from "../../src/protocol/round.ts";
import { canonical, coversAll } from "../basics/networks.ts";
import { ENTRY_PREFIX_LENGTH } from "../ports/entry-prefix-length.ts";
import type { HostAddress } from "../ports/network.ts";
import type { Finding } from "../diagnosis/finding.ts";
import type { Policy } from "../ports/policy.ts";
import type { World } from "../ports/world.ts";

/** Resolvers keep an answer for a while; more lookups than this would make the probes too old. */
const LOOKUPS = 10;
const LOOKUP_GAP_MS = 500;
/** So many lookups in a row without a new network are enough. */
const NOTHING_NEW = 3;

export type Learned = {
  /** What the list has to hold: inside PREFIX. */
  readonly addresses: readonly string[];
  /** What lookups beside the rounds gave, inside PREFIX or not. */
  readonly beside: readonly HostAddress[];
  /** How many networks the list needs. */
  readonly networks: number;
};

export const NOTHING_LEARNED: Learned = { addresses: [], beside: [], networks: 0 };

/** Every IPv6 address of the hosts that a rule may be for. With `prefix` the rounds' are enough. */
export async function learnAddresses(
  finding: Finding,
  after: readonly Reading[],
  world: World,
): Promise<Learned> {
  const { network, clock, policy } = world;
  const beside = [...dialledIn(after, policy)];
  const known = new Set([...ofRounds(finding, policy), ...inside(beside, policy)]);
  if (policy.profile === "prefix" || network.ipv6Addresses === undefined)
    return asLearned(known, beside);
  for (let lookups = 0, old = 0; lookups < LOOKUPS && old < NOTHING_NEW; lookups += 1) {
    const before = networksOf(known).size;
    const found = await network.ipv6Addresses(policy.ruleHosts);
    beside.push(...found);
    for (const address of inside(found, policy)) known.add(address);
    const now = networksOf(known).size;
    if (now > policy.entriesMost) break;
    old = now === before ? old + 1 : 0;
    await clock.sleep(LOOKUP_GAP_MS);
  }
  return asLearned(known, beside);
}

/** In words why the list can't hold them; null if it can. */
export function widerThanAllowed({ networks }: Learned, policy: Policy): string | null {
  if (policy.profile === "prefix" || networks <= policy.entriesMost) return null;
  return `The addresses of ${policy.ruleHosts.join(" and ")} lie in more than ${policy.entriesMost} networks (at least ${networks} of /${ENTRY_PREFIX_LENGTH}, ENTRIES_MOST), so a list would leave some of them open: set ENTRIES_MOST higher, or PROFILE=prefix.`;
}

function ofRounds({ rounds }: Finding, { ruleHosts, prefix }: Policy): string[] {
  return rounds
    .flatMap(({ lookups }) => lookups)
    .filter(({ host, family }) => family === "v6" && ruleHosts.includes(host))
    .flatMap(({ addresses }) => addresses)
    .filter((address) => coversAll(prefix, [address]));
}

/** What clients were given after the rule. */
function dialledIn(after: readonly Reading[], { ruleHosts }: Policy): HostAddress[] {
  return after.flatMap(({ host, family, address }) =>
    family === "v6" && ruleHosts.includes(host) ? [{ host, address }] : [],
  );
}

function inside(found: readonly HostAddress[], { prefix }: Policy): string[] {
  return found.map(({ address }) => address).filter((address) => coversAll(prefix, [address]));
}

function asLearned(known: ReadonlySet<string>, beside: readonly HostAddress[]): Learned {
  return { addresses: [...known], beside, networks: networksOf(known).size };
}

function networksOf(addresses: ReadonlySet<string>): Set<string | null> {
  return new Set(
    Array.from(addresses, (address) => canonical(`${address}/${ENTRY_PREFIX_LENGTH}`)),
  );
}
