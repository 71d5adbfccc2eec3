// `plan`: the rule for this configuration, for those who apply it by hand or at network set-up.
import type { Plan, RuleFields } from "../../src/protocol/report.ts";
import type { Settings } from "../settings/environment.ts";
import { asDuration } from "../../src/shown/routeros-duration.ts";
import { ruleAsConsole } from "../../src/shown/rule-as-console.ts";
import {
  clampRuleAsConsole,
  undoClampRuleAsConsole,
} from "../../src/shown/clamp-rule-as-console.ts";
import { clampsFor } from "../plan/clamp.ts";
import { planFor } from "../plan/plan.ts";
import { policyOf } from "../settings/policy.ts";
import { entriesAsConsole, undoAsConsole, undoEntriesAsConsole } from "../words/undo-as-console.ts";
import { TEST_PORTS } from "../ports/test-ports.ts";
import type { Policy } from "../ports/policy.ts";
import type { Words } from "./words.ts";

type Output = { readonly out: (text: string) => void };
type Lines = {
  readonly rule: string;
  /** Comments: how entries are added by hand. Empty where the rule reads no list. */
  readonly entries: readonly string[];
  readonly undo: readonly string[];
};

/** Prints; asks nobody. Exit code 0. The plan as JSON has the router's commands in it. */
export function planCommand({ flags, values }: Words, settings: Settings, { out }: Output): number {
  const policy = policyOf(settings);
  if (values.get("remedy") === "clamp") return clampPlan({ flags, values }, out);
  const plan = planFor(
    { verdict: "ipv6-tls-stall", hosts: policy.ruleHosts, toRule: policy.ruleHosts },
    policy,
  );
  if (plan.rule === null) return 1;
  const lines = linesOf(plan.rule, plan.entries);
  if (flags.has("json"))
    out(`${JSON.stringify({ ...plan, undo: lines.undo, byHand: lines.entries }, null, 2)}\n`);
  else if (values.get("format") === "routeros")
    out(`${[lines.rule, ...lines.entries].join("\n")}\n`);
  else out(asText(plan, policy, lines));
  return 0;
}

/** Both families: which of them loses large packets shows only in an incident. */
function clampPlan({ flags, values }: Pick<Words, "flags" | "values">, out: Output["out"]): number {
  const clamps = clampsFor(["v4", "v6"]);
  const [lines, undo] = [clamps.map(clampRuleAsConsole), clamps.map(undoClampRuleAsConsole)];
  const [first] = clamps;
  const steps = first?.steps.join(", ") ?? "";
  if (flags.has("json")) out(`${JSON.stringify({ clamps, commands: lines, undo }, null, 2)}\n`);
  else if (values.get("format") === "routeros") out(`${lines.join("\n")}\n`);
  else {
    const about = [
      "Where the path loses large packets (path-mtu): new connections agree on smaller segments, over the",
      "family that needs it. clamp-to-pmtu helps where the router's own link is the narrow one; else the agent",
      `tries new-mss=NUMBER with tcp-mss=NUMBER+1-65535: ${steps}.`,
    ];
    const text = [
      ...about,
      "",
      "On the router:",
      ...lines.map(indented),
      "To undo:",
      ...undo.map(indented),
    ];
    out(`${text.join("\n")}\n`);
  }
  return 0;
}

const indented = (line: string): string => `  ${line}`;

function linesOf(rule: RuleFields, entries: Plan["entries"]): Lines {
  return {
    rule: ruleAsConsole(rule),
    entries: entries === null ? [] : entriesAsConsole(entries),
    undo: [undoAsConsole(rule), ...(entries === null ? [] : [undoEntriesAsConsole(entries)])],
  };
}

function asText(plan: Plan, policy: Policy, { rule, entries, undo }: Lines): string {
  const text = [
    ...(plan.entries === null ? ofPrefix(plan.hosts, policy) : ofList(plan.hosts, policy)),
    ...hole(policy),
    "",
    "On the router:",
    `  ${rule}`,
    ...(entries.length === 0 ? [] : [ENTRIES_BY_HAND]),
    ...entries.map((line) => `  ${line}`),
    "To undo:",
    ...undo.map((line) => `  ${line}`),
  ];
  return `${text.join("\n")}\n`;
}

const ENTRIES_BY_HAND =
  "Entries by hand, while IPv6 fails; the networks here are placeholders that block nothing:";

function ofPrefix(hosts: readonly string[], { prefix, newOnly }: Policy): string[] {
  const which = newOnly ? "new" : "new and open";
  return [
    `The rule rejects ${which} IPv6 HTTPS connections to ${prefix}, so that clients use IPv4.`,
    `It is meant for ${hosts.join(" and ")}; every other host in that network is hit as well.`,
  ];
}

function ofList(hosts: readonly string[], policy: Policy): string[] {
  const { addressList, entryLifetimeMs, prefix } = policy;
  return [
    `The rule rejects new IPv6 HTTPS connections to what is in the list ${addressList}, so that clients`,
    "use IPv4. It does nothing while the list is empty.",
    `While IPv6 fails, the agent adds the /64 of each address that ${hosts.join(" and ")}`,
    `then have (inside ${prefix}) for ${asDuration(entryLifetimeMs)} and renews it while needed: the entries vanish by`,
    "themselves if the agent dies, and when the router restarts.",
  ];
}

/** Said because a rule with `src-port=!…` looks like a mistake. */
function hole({ life }: Policy): string[] {
  if (life === "keep") return [];
  const { from, to } = TEST_PORTS;
  return [
    `It leaves out the source ports ${from} to ${to} (src-port=!${from}-${to}): from these the agent tests`,
    "every few hours whether IPv6 has healed, while the rule stands, and then removes it.",
  ];
}
