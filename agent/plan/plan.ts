// Verdicts → plan: the one rule to ensure and the restarts, as plain printable values. Pure.
import { createHash } from "node:crypto";
import { PLAN_HASH_LENGTH, planText } from "../../src/protocol/plan-text.ts";
import type { Plan, RuleFields } from "../../src/protocol/report.ts";
import type { Family } from "../../src/protocol/round.ts";
import { clampRuleAsConsole } from "../../src/shown/clamp-rule-as-console.ts";
import { ruleAsConsole } from "../../src/shown/rule-as-console.ts";
import { ENTRY_PREFIX_LENGTH } from "../ports/entry-prefix-length.ts";
import { FIRST_PACKET, HOLE, RULE_COMMENT } from "../ports/our-writing.ts";
import { clampsFor } from "./clamp.ts";
import type { VerdictName } from "../diagnosis/verdicts.ts";
import type { Policy } from "../ports/policy.ts";

/** The rule for this configuration; with `address-list` it does nothing while its list is empty. */
export function ruleFor(policy: Policy): RuleFields {
  const byList = policy.profile === "address-list";
  return {
    chain: "forward",
    action: "reject",
    "reject-with": policy.rejectWith,
    ...(byList ? { "dst-address-list": policy.addressList } : { "dst-address": policy.prefix }),
    protocol: "tcp",
    "dst-port": "443",
    ...(policy.life === "until-healed" ? { "src-port": HOLE } : {}),
    ...(byList || policy.newOnly ? { "tcp-flags": FIRST_PACKET } : {}),
    comment: RULE_COMMENT,
  };
}

function entriesFor(policy: Policy): Plan["entries"] {
  if (policy.profile === "prefix") return null;
  return {
    list: policy.addressList,
    hosts: [...policy.ruleHosts],
    prefixLength: ENTRY_PREFIX_LENGTH,
    lifetimeMs: policy.entryLifetimeMs,
  };
}

export type PlanOf = {
  readonly verdict: VerdictName;
  /** Hosts that work now, or will. */
  readonly hosts: readonly string[];
  /** Those for which a rule is needed; without any there is none in the plan. */
  readonly toRule: readonly string[];
  /** Families whose MSS is clamped instead; left out: none. */
  readonly toClamp?: readonly Family[];
};

/** The rule, its entries and the restarts, as plain printable values. */
export function planFor({ verdict, hosts, toRule, toClamp = [] }: PlanOf, policy: Policy): Plan {
  const rule = toRule.length > 0 ? ruleFor(policy) : null;
  const clamps = clampsFor(toClamp);
  return {
    verdict,
    hosts: [...hosts],
    profile: policy.profile,
    rule,
    entries: rule === null ? null : entriesFor(policy),
    ...(clamps.length === 0 ? {} : { clamps }),
    restart: {
      method: policy.method,
      namespaces: policy.namespaces.length > 0 ? [...policy.namespaces] : ["*"],
      ceiling: policy.maxPods,
    },
    commands: [...(rule === null ? [] : [ruleAsConsole(rule)]), ...clamps.map(clampRuleAsConsole)],
  };
}

/** The hash that a person approves (src/protocol/plan-text.ts says what it covers). */
export function planHash(plan: Plan): string {
  return createHash("sha256").update(planText(plan)).digest("hex").slice(0, PLAN_HASH_LENGTH);
}
