// Look and probe → finding: what fails, what was measured, what the router has, and the verdicts.
import type { ClaimedJob } from "../src/protocol/calls.ts";
import type { Round } from "../src/protocol/report.ts";
import { casesOf, hostsToJudge, type Case } from "./cases.ts";
import { diagnose } from "./diagnose.ts";
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
  const hosts = hostsToJudge(cases, asked);
  const texts = textVerdicts(cases, world.policy);
  if (hosts.length === 0) return { ...before, verdicts: texts };

  const [round, view] = await journal.stage("probe", () =>
    Promise.all([world.network.probe(targetsFor(hosts, world.policy)), lookAtRouter(world)]),
  );
  const probed = hosts.map(({ host, registry }) =>
    judge(host, registry, round, view.rules, cases, world.policy),
  );
  const verdicts = [...probed, ...texts];
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
  return { host, registry, name, follow: followUp(name, policy.stopGap) };
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
