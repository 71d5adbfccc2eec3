// The conditions that must hold, besides the verdict, before a rule is written (docs/design.md section 5).
// Pure: each failing one comes back as a sentence.
import ipaddr from "ipaddr.js";
import type { Round } from "../../src/protocol/round.ts";
import type { Case, HostToJudge } from "../diagnosis/cases.ts";
import { areBlocked, coversAll } from "../basics/networks.ts";
import { ENTRY_PREFIX_LENGTH } from "../ports/entry-prefix-length.ts";
import { hostFamily } from "../diagnosis/family-state.ts";
import { tokenHostOf } from "../diagnosis/image-reference.ts";
import { ipv4Measured, quotaWasOnItsWay } from "../diagnosis/slow-link.ts";
import type { HostAddress, Lifeline } from "../ports/network.ts";
import type { Policy } from "../ports/policy.ts";
import { staleness } from "./freshness.ts";

export type BeforeWriting = {
  /** The hosts that the rule is for. */
  readonly hosts: readonly HostToJudge[];
  readonly cases: readonly Case[];
  /** All rounds of this job, oldest first: one try that failed in any of them is one too many. */
  readonly rounds: readonly [Round, ...Round[]];
  /** IPv6 addresses that RULE_HOSTS had in this job, also in lookups beside the rounds. */
  readonly addresses: readonly string[];
  /** What lookups beside the rounds gave: no less an address of the host than those of the rounds. */
  readonly beside: readonly HostAddress[];
  readonly lifelines: readonly Lifeline[];
  readonly now: number;
};

/** Why no rule may be written now; empty if it may. */
export function reasonsAgainstRule(before: BeforeWriting, policy: Policy): string[] {
  const latest = latestOf(before);
  const networks = blockedNetworks(before.addresses, policy);
  const stale = staleness(latest.at, before.now);
  return [
    ...(stale === null ? [] : [stale]),
    ...ipv4Unproven(before, networks),
    ...outsideTheRule(before, policy),
    ...(latest.quota.state === "exhausted" ? ["the pull quota over IPv4 is used up"] : []),
    ...quotaUnanswered(before),
    ...notLookedUp(before),
    ...cutLifelines(before.lifelines, networks),
    ...nodesWithoutIpv4(before.cases),
  ];
}

function latestOf({ rounds }: BeforeWriting): Round {
  return rounds.at(-1) ?? rounds[0];
}

/** What the rule would keep clients from: PREFIX, or the /64 of each address that RULE_HOSTS had. */
function blockedNetworks(addresses: readonly string[], policy: Policy): string[] {
  if (policy.profile === "prefix") return [policy.prefix];
  return [...new Set(addresses.map((address) => `${address}/${ENTRY_PREFIX_LENGTH}`))];
}

/**
 * IPv4 is proven where every try of the newest round was answered, and every one of all rounds before it
 * that was not cut short by the end of a hasty round on a slow link. It has to be for each host
 * that the rule would move to IPv4: those it is for, those that their pulls need, and all that were
 * looked up and lie inside what is blocked, whoever named them.
 */
function ipv4Unproven(before: BeforeWriting, networks: readonly string[]): string[] {
  const needed = new Set(
    before.hosts.flatMap(({ host, registry }) => [host, registry, tokenHostOf(registry)]),
  );
  const inside = before.rounds
    .flatMap(({ lookups }) => lookups.map(({ host }) => host))
    .filter((host) => !needed.has(host) && liesInside(before, host, networks));
  return [
    ...[...needed].flatMap((host) => unproven(before, host, `${host}`)),
    ...[...new Set(inside)].flatMap((host) =>
      unproven(before, host, `${host} lies inside ${networks.join(" or ")} too and`),
    ),
  ];
}

function liesInside(before: BeforeWriting, host: string, networks: readonly string[]): boolean {
  return addressesOf(before, host).some((address) => areBlocked([address], networks));
}

/** `who`: how the sentence begins. */
function unproven(before: BeforeWriting, host: string, who: string): string[] {
  const earlier = before.rounds
    .slice(0, -1)
    .filter((round) => hostFamily(round, host, "v4").lookup !== null)
    .map((round) => ipv4Measured(round, host));
  const latest = hostFamily(latestOf(before), host, "v4");
  if (latest.lookup?.outcome === "nodata") return [`${who} has no IPv4 address`];
  return latest.state === "ok" && earlier.every((state) => state === null || state === "ok")
    ? []
    : [`${who} did not answer every IPv4 try of this job`];
}

/** Reading the quota is a try over IPv4, too; in the newest round it has to be answered. */
function quotaUnanswered(before: BeforeWriting): string[] {
  const latest = latestOf(before);
  const asked = before.rounds.filter((round) => round === latest || !quotaWasOnItsWay(round));
  const why = asked.flatMap(({ quota }) =>
    quota.state === "unknown" && quota.unanswered !== undefined
      ? [`${quota.unanswered} did not answer over IPv4 when the pull quota was read`]
      : [],
  );
  return [...new Set(why)];
}

/** Where a pod fails at more hosts than are looked up, nobody knows what the rule would cut off. */
function notLookedUp(before: BeforeWriting): string[] {
  const { lookups } = latestOf(before);
  const named = new Set(before.cases.flatMap(({ hosts, registry }) => [...hosts, registry]));
  const unknown = [...named]
    .filter((host) => !host.includes(":"))
    .filter((host) => !lookups.some((lookup) => lookup.host === host));
  const [first] = unknown;
  if (first === undefined) return [];
  const more = unknown.length > 1 ? ` and ${unknown.length - 1} more hosts of failing pods` : "";
  return [`the addresses of ${first}${more} were not looked up`];
}

function outsideTheRule(before: BeforeWriting, policy: Policy): string[] {
  const named = before.hosts.map(({ host }) => host);
  return [
    ...named
      .filter((host) => !policy.ruleHosts.includes(host))
      .map((host) => `${host} is not in RULE_HOSTS`),
    ...[...new Set([...named, ...failingBeside(before)])]
      .filter((host) => policy.ruleHosts.includes(host))
      .filter((host) => !coversAll(policy.prefix, addressesOf(before, host)))
      .map((host) => `${host} has IPv6 addresses outside ${policy.prefix}`),
  ];
}

/** Hosts that the same pulls need and where IPv6 fails in the same way: the rule has to cover them. */
function failingBeside(before: BeforeWriting): string[] {
  return before.hosts
    .flatMap(({ registry }) => [registry, tokenHostOf(registry)])
    .filter((host) => hostFamily(latestOf(before), host, "v6").state === "post");
}

/** In any lookup of this job: the next client may be given any of them. */
function addressesOf({ rounds, beside }: BeforeWriting, host: string): readonly string[] {
  return [
    ...rounds.flatMap((round) => hostFamily(round, host, "v6").lookup?.addresses ?? []),
    ...beside.filter((found) => found.host === host).map(({ address }) => address),
  ];
}

function cutLifelines(lifelines: readonly Lifeline[], networks: readonly string[]): string[] {
  const blocked = networks.join(" or ");
  return lifelines
    .filter(({ v4Works }) => !v4Works)
    .flatMap(({ what, host, v6, v6Unknown }) => {
      const who = `${what} (${host})`;
      if (v6.some((address) => areBlocked([address], networks)))
        return [
          `${who} lies inside ${blocked} and does not answer over IPv4: the rule would cut it off`,
        ];
      return v6Unknown
        ? [`${who} does not answer over IPv4, and its IPv6 addresses could not be looked up`]
        : [];
    });
}

function nodesWithoutIpv4(cases: readonly Case[]): string[] {
  const nodes = cases
    .filter(({ pod }) => pod.nodeAddresses.length > 0)
    .filter(({ pod }) => !pod.nodeAddresses.some((address) => ipaddr.IPv4.isValid(address)))
    .map(({ pod }) => pod.node ?? "a node");
  return [...new Set(nodes)].map((node) => `${node} has no IPv4 address`);
}

/**
 * A kubelet saw this host fail on the path at least so long before the round, for an image of the
 * registry to which it belongs: the fault is not a hiccup of this minute. Without it a second round
 * has to confirm.
 */
export function hasOlderEvidence(
  { host, registry }: HostToJudge,
  cases: readonly Case[],
  { before }: { readonly before: number },
): boolean {
  return cases.some(
    (one) =>
      one.registry === registry &&
      one.hosts.includes(host) &&
      one.pathFailures.some((at) => at <= before),
  );
}
