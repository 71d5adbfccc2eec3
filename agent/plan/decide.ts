// Finding → what this job does about it: one value, asked once a finding. Pure.
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import type { Plan } from "../../src/protocol/report.ts";
import {
  asksForRule,
  gravestAt,
  hostsToRule,
  hostsToTrust,
  type Finding,
} from "../diagnosis/finding.ts";
import { mayAct } from "./may-act.ts";
import { planFor } from "./plan.ts";
import type { World } from "../ports/world.ts";

type Planned = {
  readonly plan: Plan;
  /** The hosts that the rule is for; empty if only pods are restarted. */
  readonly toRule: readonly string[];
  /** Hosts that work now, or will with the rule: pods that wait for no other are restarted. */
  readonly goodHosts: readonly string[];
};
export type Decision =
  | { readonly kind: "stand-down" }
  | (Planned & { readonly kind: "observe" | "ask"; readonly why: string })
  | (Planned & { readonly kind: "act" });

/** Nothing to do, or a plan with the permission that it has now. */
export function decide(finding: Finding, job: ClaimedJob, world: World): Decision {
  const { policy } = world;
  const toRule = hostsToRule(finding, policy);
  const goodHosts = hostsToTrust(finding, toRule, policy);
  if (goodHosts.length === 0) return { kind: "stand-down" };
  const plan = planFor(gravestAt(finding, goodHosts), goodHosts, toRule.length > 0, policy);
  return { ...mayAct(job, plan, asksForRule(finding, toRule), world), plan, toRule, goodHosts };
}
