// Look and probe → finding: what fails, what was measured, what the router has, and the verdicts.
import type { ClaimedJob } from "../src/protocol/calls.ts";
import type { Round } from "../src/protocol/report.ts";
import { casesOf, hostsToJudge, type Case, type HostToJudge } from "./cases.ts";
import { coversAll, diagnose } from "./diagnose.ts";
import { hostFamily } from "./family-state.ts";
import { evidenceTable } from "./evidence-table.ts";
import { explain } from "./explain.ts";
import { DOCKER_HUB, tokenHostOf } from "./image-reference.ts";
import type { Journal } from "./journal.ts";
import { followUp, gravest, type FollowUp, type VerdictName } from "./verdicts.ts";
import type { FailingPod, Policy, ProbeTarget, RouterView, RuleOnRouter, World } from "./world.ts";

type HostVerdict = {
  readonly host: string | null;
  readonly registry: string | null;
  readonly name: VerdictName;
  readonly follow: FollowUp;
  /** False for what only the pods' texts, or nobody, says. */
  readonly measured: boolean;
};

export type Finding = {
  readonly failing: readonly FailingPod[];
  readonly cases: readonly Case[];
  /** The rounds of probes, oldest first; empty if the pods' own texts decided everything. */
  readonly rounds: readonly Round[];
  readonly view: RouterView | null;
  readonly routerError: string | null;
  readonly verdicts: readonly HostVerdict[];
};

/** Before anything is known: the start of every report. */
export function emptyFinding(failing: readonly FailingPod[]): Finding {
  return {
    failing,
    cases: casesOf(failing),
    rounds: [],
    view: null,
    routerError: null,
    verdicts: [],
  };
}

/** One round of probes, with the router read at the same time, judged host by host. */
export async function probeAndJudge(
  job: Pick<ClaimedJob, "registry" | "origin" | "kind">,
  before: Finding,
  world: World,
  journal: Journal,
): Promise<Finding> {
  const { cases } = before;
  const personAsks = job.origin.person || job.kind === "diagnose";
  const asked = job.registry ?? (personAsks && cases.length === 0 ? DOCKER_HUB : null);
  const { measured, unmeasured } = hostsToJudge(cases, asked);
  const told = [...unmeasured.map(notMeasured), ...textVerdicts(cases, world.policy)];
  if (measured.length === 0) return { ...before, verdicts: told };

  const [round, view] = await journal.stage("probe", () =>
    Promise.all([world.network.probe(targetsFor(measured, world.policy)), lookAtRouter(world)]),
  );
  const probed = measured.map(({ host, registry }) =>
    judge(host, registry, round, view.rules, cases, world.policy),
  );
  const verdicts = [...probed, ...told];
  world.log("diagnosed", {
    verdicts: verdicts.map(({ name, host }) => explain(name, host, round, world.policy)),
    evidence: evidenceTable(round),
    quota: round.quota,
  });
  return {
    ...before,
    rounds: [...before.rounds, round],
    view: view.view,
    routerError: view.error,
    verdicts,
  };
}

/** The gravest verdict of all, which names the job. */
export function gravestOf(finding: Finding): VerdictName {
  return gravest(finding.verdicts.map(({ name }) => name));
}

/** The hosts whose verdict leads to this. */
export function hostsThat(finding: Finding, follow: FollowUp): string[] {
  return finding.verdicts.flatMap((verdict) =>
    verdict.follow === follow && verdict.host !== null ? [verdict.host] : [],
  );
}

/** The hosts that a rule is planned for: proven ones, and those to ask about that it would cover. */
export function hostsToRule(finding: Finding, policy: Policy): string[] {
  const asked = hostsThat(finding, "ask").filter((host) => {
    const round = latestRound(finding);
    const addresses = round ? (hostFamily(round, host, "v6").lookup?.addresses ?? []) : [];
    return policy.ruleHosts.includes(host) && coversAll(policy.prefix, addresses);
  });
  return [...hostsThat(finding, "rule"), ...asked];
}

/**
 * The hosts that work now or will with the rule. Empty if neither a rule is planned nor any pod's
 * hosts are all among them: then there is nothing to do.
 */
export function hostsToTrust(finding: Finding, toRule: readonly string[]): string[] {
  const good = [...toRule, ...hostsThat(finding, "restart")];
  const helps = finding.cases.some(
    ({ kind, hosts }) => kind !== "text-decides" && hosts.every((host) => good.includes(host)),
  );
  return toRule.length > 0 || helps ? good : [];
}

/** The newest round. */
export function latestRound(finding: Finding): Round | null {
  return finding.rounds.at(-1) ?? null;
}

function judge(
  host: string,
  registry: string,
  round: Round,
  rules: readonly RuleOnRouter[],
  cases: readonly Case[],
  policy: Policy,
): HostVerdict {
  const here = cases.filter((one) => one.kind !== "text-decides" && one.hosts.includes(host));
  const name = diagnose({
    host,
    registry,
    round,
    rules,
    policy,
    failsOnThisNode:
      here.length === 0 || policy.ownNode === null
        ? null
        : here.some(({ pod }) => pod.node === policy.ownNode),
    toldRateLimited: here.some(({ label }) => label === "registry.rate_limited"),
  });
  return { host, registry, name, follow: followUp(name, policy.stopGap), measured: true };
}

/** Nothing is proven about a host that no probe reached out to. */
function notMeasured({ host, registry }: HostToJudge): HostVerdict {
  return { host, registry, name: "inconclusive", follow: "nothing", measured: false };
}

/** Pods whose own words name a cause that no path can have: one verdict a label. */
function textVerdicts(cases: readonly Case[], policy: Policy): HostVerdict[] {
  const labels = new Map<VerdictName, Case>();
  for (const one of cases)
    if (one.kind === "text-decides" && !labels.has(one.label)) labels.set(one.label, one);
  return Array.from(labels, ([name, { registry }]) => ({
    host: registry,
    registry,
    name,
    follow: followUp(name, policy.stopGap),
    measured: false,
  }));
}

function targetsFor(
  hosts: readonly { readonly host: string; readonly registry: string }[],
  policy: Policy,
): ProbeTarget[] {
  const targets = new Map<string, ProbeTarget["role"]>();
  for (const { host, registry } of hosts) {
    targets.set(registry, "registry");
    targets.set(tokenHostOf(registry), tokenHostOf(registry) === registry ? "registry" : "token");
    if (!targets.has(host)) targets.set(host, "blob");
  }
  for (const control of [...policy.ipv6Controls, policy.ipv4Control])
    if (!targets.has(control)) targets.set(control, "control");
  return Array.from(targets, ([host, role]) => ({ host, role }));
}

async function lookAtRouter(world: World): Promise<{
  view: RouterView | null;
  rules: readonly RuleOnRouter[];
  error: string | null;
}> {
  if (world.router === null) return { view: null, rules: [], error: null };
  const look = await world.router.look();
  return look.ok
    ? { view: look.value, rules: look.value.rules, error: null }
    : { view: null, rules: [], error: look.error.message };
}
