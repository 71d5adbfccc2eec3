// Finding → what this job does about it: one value, asked once a finding. Pure.
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import type { Plan } from "../../src/protocol/report.ts";
import { coversAll } from "../basics/networks.ts";
import { hostFamily } from "../diagnosis/family-state.ts";
import { gravestAt, latestRound, type Finding } from "../diagnosis/finding.ts";
import { breaksPulls } from "../diagnosis/judge.ts";
import { pullHosts } from "../diagnosis/pull-hosts.ts";
import type { FollowUp } from "../diagnosis/verdicts.ts";
import type { Policy } from "../ports/policy.ts";
import type { World } from "../ports/world.ts";
import { permissionFor, type Permission, type Setting } from "./may-act.ts";
import { planFor } from "./plan.ts";

type Planned = {
  readonly plan: Plan;
  /** The hosts that the rule is for; empty if only pods are restarted. */
  readonly toRule: readonly string[];
  /** Hosts that work now, or will with the rule: pods that wait for no other are restarted. */
  readonly goodHosts: readonly string[];
};
export type Decision = { readonly kind: "stand-down" } | (Planned & Permission);
export type ToAct = Extract<Decision, { kind: "act" }>;

export function settingOf({ policy, router, clock }: World): Setting {
  return { policy, hasRouter: router !== null, now: clock.now() };
}

/** Nothing to do, or a plan with the permission that it has now. */
export function decide(finding: Finding, job: ClaimedJob, setting: Setting): Decision {
  const { policy } = setting;
  const toRule = hostsToRule(finding, policy);
  const goodHosts = hostsToTrust(finding, toRule, policy);
  if (goodHosts.length === 0) return { kind: "stand-down" };
  const verdict = gravestAt(finding, goodHosts);
  const plan = planFor({ verdict, hosts: goodHosts, toRule }, policy);
  const asks = hostsThat(finding, "ask").some((host) => toRule.includes(host));
  return { ...permissionFor(job, { plan, asks }, setting), plan, toRule, goodHosts };
}

/** The hosts that a rule is planned for: proven ones, and those to ask about that it would cover. */
export function hostsToRule(finding: Finding, policy: Policy): string[] {
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
