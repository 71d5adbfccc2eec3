// What was measured → a verdict for each host. Pure.
import type { Round } from "../src/protocol/report.ts";
import type { Case, HostToJudge } from "./cases.ts";
import { diagnose, ruleIsEnough } from "./diagnose.ts";
import { hostFamily } from "./family-state.ts";
import { DOCKER_HUB, tokenHostOf } from "./image-reference.ts";
import { proxyFor } from "./proxy.ts";
import type { ProbedVerdict } from "./verdicts.ts";
import type { Policy, RuleOnRouter } from "./world.ts";

export type Judged = HostToJudge & {
  readonly name: ProbedVerdict;
  /** False: a pull would still fail at a host that the rule does not cover. */
  readonly ruleIsEnough: boolean;
};

export type Seen = {
  /** Oldest first; the newest is judged. */
  readonly rounds: readonly Round[];
  readonly rules: readonly RuleOnRouter[];
  readonly cases: readonly Case[];
};

/**
 * One verdict a host, and one for each configured blob host that stalls: a pull would end there
 * even if the registry's own hosts were well.
 */
export function judgeHosts(hosts: readonly HostToJudge[], seen: Seen, policy: Policy): Judged[] {
  const round = seen.rounds.at(-1);
  if (round === undefined) return [];
  const judged = hosts.map((one) => judge(one, hosts, seen, round, policy));
  const blobs = policy.blobHosts
    .filter((host) => !hosts.some((one) => one.host === host) && stalls(round, host))
    .map((host) => judge({ host, registry: DOCKER_HUB }, hosts, seen, round, policy));
  return [...judged, ...blobs];
}

/** IPv4 is fine and IPv6 answered some of its tries: more rounds may tell (row 16). */
export function comesAndGoes(round: Round, host: string): boolean {
  return (
    hostFamily(round, host, "v4").state === "ok" && hostFamily(round, host, "v6").state === "mixed"
  );
}

function judge(
  { host, registry }: HostToJudge,
  hosts: readonly HostToJudge[],
  { rounds, rules, cases }: Seen,
  round: Round,
  policy: Policy,
): Judged {
  const here = cases.filter((one) => one.kind !== "text-decides" && one.hosts.includes(host));
  const question = {
    host,
    registry,
    siblings: siblingsOf(host, registry, hosts, policy),
    round,
    earlier: rounds.slice(0, -1),
    rules,
    policy,
    proxy: proxyOf(host, cases, policy),
    failsOnThisNode:
      here.length === 0 || policy.ownNode === null
        ? null
        : here.some(({ pod }) => pod.node === policy.ownNode),
    toldRateLimited: here.some(({ label }) => label === "registry.rate_limited"),
  };
  return { host, registry, name: diagnose(question), ruleIsEnough: ruleIsEnough(question) };
}

function stalls(round: Round, host: string): boolean {
  return hostFamily(round, host, "v6").state === "post";
}

function siblingsOf(
  host: string,
  registry: string,
  hosts: readonly HostToJudge[],
  policy: Policy,
): string[] {
  const known = [
    registry,
    tokenHostOf(registry),
    ...hosts.filter((one) => one.registry === registry).map((one) => one.host),
    ...(registry === DOCKER_HUB ? policy.blobHosts : []),
  ];
  return [...new Set(known)].filter((other) => other !== host);
}

/** From the settings, or because this node's own runtime says that it goes through one. */
function proxyOf(host: string, cases: readonly Case[], policy: Policy): string | null {
  const told = cases.some(
    ({ label, hosts, pod }) =>
      label === "proxy.error" && hosts.includes(host) && pod.node === policy.ownNode,
  );
  return proxyFor(host, policy.proxy) ?? (told ? "a proxy that the pods' errors name" : null);
}
