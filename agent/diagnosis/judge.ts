// What was measured → a verdict for each host. Pure.
import type { Round } from "../../src/protocol/round.ts";
import type { Case, HostToJudge } from "./cases.ts";
import { diagnose, ruleIsEnough } from "./diagnose.ts";
import { hostFamily } from "./family-state.ts";
import { proxyFor } from "./proxy.ts";
import { pullHosts } from "./pull-hosts.ts";
import type { ProbedVerdict, VerdictName } from "./verdicts.ts";
import type { Policy } from "../ports/policy.ts";
import type { RuleOnRouter } from "../ports/router.ts";

export type Judged = HostToJudge & {
  readonly name: ProbedVerdict;
  /** False: nobody asked for this host, but a pull needs it and it is broken. */
  readonly named: boolean;
  /** IPv4 answered every try of the newest round. */
  readonly ipv4Works: boolean;
  /** False: a pull would still fail at a host that the rule does not cover. */
  readonly ruleIsEnough: boolean;
};

export type Seen = {
  /** Oldest first; the newest is judged. */
  readonly rounds: readonly Round[];
  readonly rules: readonly RuleOnRouter[];
  readonly cases: readonly Case[];
};

/** Verdicts under which a pull that needs the host does not end well. */
const BREAKS_PULLS: readonly ProbedVerdict[] = [
  "ipv6-tls-stall",
  "ipv6-tls-reset",
  "ipv6-wrong-certificate",
  "path-mtu",
  "ipv6-stall-everywhere",
  "ipv6-blob-stall",
  "not-covered",
  "stall-everywhere",
  "registry-stalls",
  "dns-sinkhole",
  "registry-unreachable",
  "registry-down",
  "tls-certificate",
];

/** True if a pull that needs this host fails there, as far as the verdict proves it. */
export function breaksPulls(name: VerdictName): boolean {
  return BREAKS_PULLS.some((broken) => broken === name);
}

/**
 * One verdict a host, and one for each host that a pull from the same registry needs too and that
 * is broken: it would end there even if the failing host were well.
 */
export function judgeHosts(hosts: readonly HostToJudge[], seen: Seen, policy: Policy): Judged[] {
  const round = seen.rounds.at(-1);
  if (round === undefined) return [];
  const others = hosts.flatMap(({ host, registry }) =>
    siblingsOf(host, registry, policy).map((other) => ({ host: other, registry })),
  );
  const unnamed = others.filter(
    ({ host }, index) =>
      !hosts.some((one) => one.host === host) &&
      others.findIndex((one) => one.host === host) === index &&
      round.readings.some((reading) => reading.host === host),
  );
  const named = hosts.map((one) => judge(one, { ...seen, round }, policy));
  const beside = unnamed
    .map((one) => judge(one, { ...seen, round }, policy))
    .filter(({ name }) => breaksPulls(name));
  return [...named, ...beside.map((one) => ({ ...one, named: false }))];
}

/** Pods of other registries may name this host too; what they say of it decides nothing here. */
function judge(
  { host, registry }: HostToJudge,
  { rounds, round, rules, cases }: Seen & { readonly round: Round },
  policy: Policy,
): Judged {
  const here = cases.filter((one) => one.kind !== "text-decides" && one.hosts.includes(host));
  const own = here.filter((one) => one.registry === registry);
  const question = {
    host,
    registry,
    siblings: siblingsOf(host, registry, policy),
    round,
    earlier: rounds.slice(0, -1),
    rules,
    policy,
    proxy: proxyOf({ host, registry }, cases, policy),
    failsOnThisNode: here.length === 0 ? null : own.some(({ pod }) => pod.node === policy.ownNode),
    toldRateLimited: own.some(({ label }) => label === "registry.rate_limited"),
  };
  return {
    host,
    registry,
    name: diagnose(question),
    named: true,
    ipv4Works: hostFamily(round, host, "v4").state === "ok",
    ruleIsEnough: ruleIsEnough(question),
  };
}

function siblingsOf(host: string, registry: string, policy: Policy): string[] {
  return pullHosts(registry, policy).filter((other) => other !== host);
}

/**
 * From the settings, or because this node's own runtime says that it goes through one: to this host,
 * or to one that every pull from this registry needs.
 */
function proxyOf(
  { host, registry }: HostToJudge,
  cases: readonly Case[],
  policy: Policy,
): string | null {
  const needed = [host, ...pullHosts(registry, policy)];
  const told = cases.some(
    (one) =>
      one.label === "proxy.error" &&
      one.registry === registry &&
      one.pod.node === policy.ownNode &&
      one.hosts.some((each) => needed.includes(each)),
  );
  return proxyFor(host, policy.proxy) ?? (told ? "a proxy that the pods' errors name" : null);
}
