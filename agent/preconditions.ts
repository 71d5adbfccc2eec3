// The conditions that must hold, besides the verdict, before a rule is written (DESIGN section 5).
// Pure: each failing one comes back as a sentence.
import ipaddr from "ipaddr.js";
import type { Round } from "../src/protocol/round.ts";
import type { Case, HostToJudge } from "./cases.ts";
import { coversAll } from "./diagnose.ts";
import { hostFamily } from "./family-state.ts";
import { tokenHostOf } from "./image-reference.ts";
import type { Lifeline, Policy } from "./world.ts";

/** Probes older than this prove nothing about now (DESIGN section 8, promise 2). */
export const FRESH_MS = 120_000;

export type BeforeWriting = {
  readonly hosts: readonly HostToJudge[];
  readonly cases: readonly Case[];
  readonly round: Round;
  readonly lifelines: readonly Lifeline[];
  readonly now: number;
};

/** Why no rule may be written now; empty if it may. */
export function reasonsAgainstRule(before: BeforeWriting, policy: Policy): string[] {
  const { round, now } = before;
  const age = now - round.at;
  return [
    ...(age > FRESH_MS ? [`the probes are ${Math.round(age / 1000)} s old`] : []),
    ...ipv4Unproven(before),
    ...outsideTheRule(before, policy),
    ...(round.quota.state === "exhausted" ? ["the pull quota over IPv4 is used up"] : []),
    ...othersCutOff(before, policy),
    ...cutLifelines(before.lifelines, policy),
    ...nodesWithoutIpv4(before.cases),
  ];
}

function neededHosts({ hosts }: BeforeWriting): ReadonlySet<string> {
  return new Set(hosts.flatMap(({ host, registry }) => [host, registry, tokenHostOf(registry)]));
}

function ipv4Unproven(before: BeforeWriting): string[] {
  const { round } = before;
  return [...neededHosts(before)]
    .filter((host) => hostFamily(round, host, "v4").state !== "ok")
    .map((host) => `${host} did not answer every IPv4 try in this round`);
}

function outsideTheRule({ hosts, round }: BeforeWriting, policy: Policy): string[] {
  return hosts.flatMap(({ host }) => {
    if (!policy.ruleHosts.includes(host)) return [`${host} is not in RULE_HOSTS`];
    return coversAll(policy.prefix, addressesOf(round, host))
      ? []
      : [`${host} has IPv6 addresses outside ${policy.prefix}`];
  });
}

/**
 * Another host that the settings name lies in the same network, and its IPv4 is not proven. One that
 * only an image or its registry names may lie where its tenant likes: it forbids nothing.
 */
function othersCutOff(before: BeforeWriting, policy: Policy): string[] {
  const { round } = before;
  const needed = neededHosts(before);
  const others = [...new Set([...policy.ruleHosts, ...policy.blobHosts])];
  return others
    .filter((host) => !needed.has(host))
    .filter((host) => addressesOf(round, host).some((one) => coversAll(policy.prefix, [one])))
    .filter((host) => hostFamily(round, host, "v4").state !== "ok")
    .map((host) => `${host} lies inside ${policy.prefix} too and did not answer over IPv4`);
}

function addressesOf(round: Round, host: string): readonly string[] {
  return hostFamily(round, host, "v6").lookup?.addresses ?? [];
}

function cutLifelines(lifelines: readonly Lifeline[], policy: Policy): string[] {
  const prefix = ipaddr.IPv6.parseCIDR(policy.prefix);
  return lifelines
    .filter(({ v4Works }) => !v4Works)
    .filter(({ v6 }) => v6.some((address) => ipaddr.IPv6.parse(address).match(prefix)))
    .map(
      ({ what, host }) =>
        `${what} (${host}) lies inside ${policy.prefix} and does not answer over IPv4: the rule would cut it off`,
    );
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
  round: Round,
  evidenceAgeMs: number,
): boolean {
  return cases.some(
    (one) =>
      one.registry === registry &&
      one.hosts.includes(host) &&
      one.pathFailures.some((at) => at <= round.at - evidenceAgeMs),
  );
}
