// Look and probe → finding: what fails, what was measured, what the router has, and the verdicts.
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import type { Round } from "../../src/protocol/round.ts";
import { casesOf, hostsToJudge, type Case, type HostToJudge } from "./cases.ts";
import { coversAll, ROUNDS_FOR_PARTIAL } from "./diagnose.ts";
import { hostFamily } from "./family-state.ts";
import { evidenceTable } from "../words/evidence-table.ts";
import { explainAll } from "../words/explain.ts";
import { DOCKER_HUB } from "./image-reference.ts";
import type { Journal } from "../loop/journal.ts";
import { breaksPulls, comesAndGoes, judgeHosts, type Judged } from "./judge.ts";
import { pullHosts } from "./pull-hosts.ts";
import { targetsFor } from "./targets.ts";
import { followUp, gravest, type FollowUp, type VerdictName } from "./verdicts.ts";
import type { Policy } from "../ports/policy.ts";
import type { RouterView, RuleOnRouter } from "../ports/router.ts";
import type { World } from "../ports/world.ts";
import type { FailingPod } from "../ports/cluster.ts";

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
  const { measured, unmeasured } = hostsToJudge(cases, asked === null ? [] : [asked], world.policy);
  const told = [...unmeasured.map(notMeasured), ...textVerdicts(cases, world.policy)];
  if (measured.length === 0) return { ...before, verdicts: told };

  const [round, view] = await journal.stage("probe", () =>
    Promise.all([
      world.network.probe(targetsFor(measured, world.policy, cases)),
      lookAtRouter(world),
    ]),
  );
  const rounds = [...before.rounds, round];
  const seen = { rounds, rules: view.rules, cases };
  const probed = withFollowUps(judgeHosts(measured, seen, world.policy), world.policy);
  const verdicts = [...probed, ...told];
  world.log("diagnosed", {
    verdicts: explainAll(verdicts, round, world.policy),
    evidence: evidenceTable(round),
    quota: round.quota,
  });
  return {
    ...before,
    rounds,
    view: view.view,
    routerError: view.error,
    verdicts,
  };
}

/**
 * Probes and judges; where IPv6 answered only some of its tries, up to three rounds: a fault that
 * comes and goes shows in many tries only.
 */
export async function probeUntilClear(
  job: Pick<ClaimedJob, "registry" | "origin" | "kind">,
  before: Finding,
  world: World,
  journal: Journal,
): Promise<Finding> {
  let finding = await probeAndJudge(job, before, world, journal);
  while (finding.rounds.length < ROUNDS_FOR_PARTIAL && finding.verdicts.some(isUnclear(finding))) {
    await world.clock.sleep(world.policy.secondRoundMs);
    if (world.lease.cancelled()) return finding;
    finding = await probeAndJudge(job, finding, world, journal);
  }
  return finding;
}

function isUnclear(finding: Finding): (verdict: HostVerdict) => boolean {
  const round = latestRound(finding);
  return ({ name, host }) =>
    name === "inconclusive" && host !== null && round !== null && comesAndGoes(round, host);
}

/**
 * What follows each verdict. A host that nobody named leads to something only where none of the named
 * ones of its registry does: their rule covers it too, and there is no older evidence for it.
 */
function withFollowUps(judged: readonly Judged[], policy: Policy): HostVerdict[] {
  const leads = ({ host, name, ruleIsEnough }: Judged): FollowUp => {
    const follow = followUp(name, policy.stopGap);
    // Whoever may name an image must not be able to take our rule away.
    if (follow === "withdraw" && !policy.ruleHosts.includes(host)) return "nothing";
    return follow === "rule" && !ruleIsEnough ? "ask" : follow;
  };
  return judged.map((one) => {
    const led = judged.some(
      (other) =>
        other.named &&
        other.registry === one.registry &&
        policy.ruleHosts.includes(other.host) &&
        ["rule", "ask"].includes(leads(other)),
    );
    const follow = one.named || !led ? leads(one) : "nothing";
    const { host, registry, name } = one;
    return { host, registry, name, follow, measured: true };
  });
}

/** The gravest verdict of all, which names the job. */
export function gravestOf(finding: Finding): VerdictName {
  return gravest(finding.verdicts.map(({ name }) => name));
}

/** The gravest verdict on these hosts: what a plan for them rests on, whatever fails elsewhere. */
export function gravestAt(finding: Finding, hosts: readonly string[]): VerdictName {
  const there = finding.verdicts.filter(
    ({ host, measured }) => measured && host !== null && hosts.includes(host),
  );
  return gravest(there.map(({ name }) => name));
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

/** True if a person has to be asked for the rule at one of these hosts, in any mode. */
export function asksForRule(finding: Finding, toRule: readonly string[]): boolean {
  return hostsThat(finding, "ask").some((host) => toRule.includes(host));
}

/**
 * The hosts that work now or will with the rule. Empty if neither a rule is planned nor any pod's
 * hosts are all among them: then there is nothing to do.
 */
export function hostsToTrust(
  finding: Finding,
  toRule: readonly string[],
  policy: Policy,
): string[] {
  const good = [...toRule, ...hostsToRestartAt(finding, toRule, policy)];
  const helps = finding.cases.some(
    ({ kind, hosts }) => kind !== "text-decides" && hosts.every((host) => good.includes(host)),
  );
  return toRule.length > 0 || helps ? good : [];
}

/**
 * Hosts that work. Not where another host that every pull from the same registry needs stays broken:
 * a new pod would fail there.
 */
function hostsToRestartAt(
  { verdicts }: Finding,
  toRule: readonly string[],
  policy: Policy,
): string[] {
  const broken = verdicts.flatMap(({ name, host }) =>
    breaksPulls(name) && host !== null && !toRule.includes(host) ? [host] : [],
  );
  return verdicts.flatMap(({ follow, host, registry }) =>
    follow === "restart" &&
    host !== null &&
    registry !== null &&
    !pullHosts(registry, policy).some((needed) => broken.includes(needed))
      ? [host]
      : [],
  );
}

/** The newest round. */
export function latestRound(finding: Finding): Round | null {
  return finding.rounds.at(-1) ?? null;
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
