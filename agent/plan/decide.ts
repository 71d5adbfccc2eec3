// Finding → what this job does about it: one value, asked once a finding. Pure.
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import type { Plan } from "../../src/protocol/report.ts";
import { coversAll } from "../basics/networks.ts";
import { hostFamily } from "../diagnosis/family-state.ts";
import { gravestAt, latestRound, verdictOn, type Finding } from "../diagnosis/finding.ts";
import { breaksPulls } from "../diagnosis/judge.ts";
import { pullHosts } from "../diagnosis/pull-hosts.ts";
import type { FollowUp } from "../diagnosis/verdicts.ts";
import type { Policy } from "../ports/policy.ts";
import type { World } from "../ports/world.ts";
import { clampingFor, type Clamping } from "./clamp.ts";
import { permissionFor, type Permission, type Setting } from "./may-act.ts";
import { planFor } from "./plan.ts";

type Planned = {
  readonly plan: Plan;
  /** The hosts that the rule is for; empty if only pods are restarted. */
  readonly toRule: readonly string[];
  /** The MSS clamps that are planned instead of a rule; null: none. */
  readonly clamping: Clamping | null;
  /** Hosts that work now, or will with the rule: pods that wait for no other are restarted. */
  readonly goodHosts: readonly string[];
};
export type Decision = { readonly kind: "stand-down" } | (Planned & Permission);
export type ToAct = Extract<Decision, { kind: "act" }>;

export function settingOf({ policy, router, clock }: World): Setting {
  const clamps = router === null || router.clamp !== undefined;
  return { policy, hasRouter: router !== null, clamps, now: clock.now() };
}

/** Nothing to do, or a plan with the permission that it has now. */
export function decide(finding: Finding, job: ClaimedJob, setting: Setting): Decision {
  const { policy } = setting;
  const clamping = clampingOf(finding, setting);
  const toRule = clamping === null ? hostsToRule(finding, policy) : [];
  const goodHosts = hostsToTrust(finding, clamping?.hosts ?? toRule, policy);
  if (goodHosts.length === 0) return { kind: "stand-down" };
  const verdict = gravestAt(finding, goodHosts);
  const toClamp = clamping?.families ?? [];
  const plan = planFor({ verdict, hosts: goodHosts, toRule, toClamp }, policy);
  const asks =
    clamping === null
      ? hostsThat(finding, "ask").some((host) => toRule.includes(host))
      : policy.clamp === "ask";
  return { ...permissionFor(job, { plan, asks }, setting), plan, toRule, clamping, goodHosts };
}

/** The cure before the stop-gap; but a stall that no clamp mends leads to the rule, which covers both. */
function clampingOf(finding: Finding, { policy, clamps }: Setting): Clamping | null {
  if (policy.clamp === "never" || !clamps) return null;
  return hostsThat(finding, "rule").some((host) => verdictOn(finding, host) !== "path-mtu")
    ? null
    : clampingFor(finding);
}

/** The hosts that need the rule, and no clamp first. */
export function hostsWithoutClamp(finding: Finding, setting: Setting): readonly string[] {
  return clampingOf(finding, setting) === null ? hostsToRule(finding, setting.policy) : [];
}

/** The hosts that something is written for on the router. */
export function hostsToMend(finding: Finding, setting: Setting): readonly string[] {
  return clampingOf(finding, setting)?.hosts ?? hostsToRule(finding, setting.policy);
}

/** The hosts that a rule is planned for: proven ones, and those to ask about that it would cover. */
function hostsToRule(finding: Finding, policy: Policy): string[] {
  const round = latestRound(finding);
  const asked = hostsThat(finding, "ask").filter((host) => {
    const addresses = round ? (hostFamily(round, host, "v6").lookup?.addresses ?? []) : [];
    return policy.ruleHosts.includes(host) && coversAll(policy.prefix, addresses);
  });
  return [...hostsThat(finding, "rule"), ...asked];
}

function hostsThat({ verdicts }: Finding, follow: FollowUp): string[] {
  return verdicts.flatMap((verdict) =>
    verdict.follow === follow && verdict.host !== null ? [verdict.host] : [],
  );
}

/**
 * The hosts that work now or will with the rule. Empty if neither a rule is planned nor any pod's
 * hosts are all among them: then there is nothing to do.
 */
function hostsToTrust(finding: Finding, toRule: readonly string[], policy: Policy): string[] {
  const good = [...toRule, ...hostsThatWork(finding, toRule, policy)];
  const helps = finding.cases.some(
    ({ kind, hosts }) => kind !== "text-decides" && hosts.every((host) => good.includes(host)),
  );
  return toRule.length > 0 || helps ? good : [];
}

/**
 * Not where another host that every pull from the same registry needs stays broken: a new pod would
 * fail there.
 */
function hostsThatWork({ verdicts }: Finding, toRule: readonly string[], policy: Policy): string[] {
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
