// Verdicts → plan: the one rule to ensure and the restarts, as plain printable values. Pure.
import { createHash } from "node:crypto";
import type { Plan, RuleFields } from "../src/protocol/report.ts";
import { ruleAsConsole } from "./rule-as-console.ts";
import type { VerdictName } from "./verdicts.ts";
import type { Policy } from "./world.ts";

/** The runbook's words; the mark in brackets is what makes the rule ours. */
export const RULE_COMMENT = "Block Docker Hub IPv6 - forces IPv4 fallback [backon]";

/** The rule of the profile `prefix` for this configuration (DESIGN section 6). */
export function ruleFor(policy: Policy): RuleFields {
  return {
    chain: "forward",
    action: "reject",
    "reject-with": policy.rejectWith,
    "dst-address": policy.prefix,
    protocol: "tcp",
    "dst-port": "443",
    ...(policy.newOnly ? { "tcp-flags": "syn,!ack" } : {}),
    comment: RULE_COMMENT,
  };
}

export function planFor(
  verdict: VerdictName,
  hosts: readonly string[],
  withRule: boolean,
  policy: Policy,
): Plan {
  const rule = withRule ? ruleFor(policy) : null;
  return {
    verdict,
    hosts: [...hosts],
    profile: "prefix",
    rule,
    restart: {
      method: policy.method,
      namespaces: policy.namespaces.length > 0 ? [...policy.namespaces] : ["*"],
      ceiling: policy.maxPods,
    },
    commands: rule === null ? [] : [ruleAsConsole(rule)],
  };
}

/**
 * What a person approves: verdict, profile, rule fields, restart method, namespaces, ceiling.
 * Never uids or single addresses, so that the same finding an hour later has the same hash.
 */
export function planHash(plan: Plan): string {
  const rule = plan.rule === null ? null : Object.entries(plan.rule).map(([k, v]) => `${k}=${v}`);
  const { method, namespaces, ceiling } = plan.restart;
  const said = [
    plan.verdict,
    plan.profile,
    rule?.toSorted() ?? null,
    method,
    [...namespaces].toSorted(),
    ceiling,
  ];
  return createHash("sha256").update(JSON.stringify(said)).digest("hex").slice(0, 32);
}
