// `plan`: the rule for this configuration, for those who apply it by hand or at network set-up.
import type { Settings } from "./config.ts";
import { planFor } from "./plan.ts";
import { policyOf } from "./policy.ts";
import type { Policy } from "./world.ts";
import { ruleAsConsole, undoAsConsole } from "./rule-as-console.ts";

type Output = { readonly out: (text: string) => void; readonly err: (text: string) => void };

/** Prints; asks nobody. Exit code 0, or 64 for a word it does not know. */
export function planCommand(
  argv: readonly string[],
  settings: Settings,
  { out, err }: Output,
): number {
  const words = argv.join(" ");
  if (!["", "--json", "--format routeros", "--format=routeros"].includes(words)) {
    err(`plan takes --json or --format routeros, not ${JSON.stringify(words)}\n`);
    return 64;
  }
  const policy = policyOf(settings);
  const plan = planFor("ipv6-tls-stall", policy.ruleHosts, true, policy);
  if (plan.rule === null) return 1;
  if (words === "--json") out(`${JSON.stringify(plan, null, 2)}\n`);
  else if (words.includes("routeros")) out(`${ruleAsConsole(plan.rule)}\n`);
  else out(asText(plan.hosts, policy, ruleAsConsole(plan.rule), undoAsConsole(plan.rule)));
  return 0;
}

function asText(
  hosts: readonly string[],
  { prefix, newOnly }: Policy,
  add: string,
  remove: string,
): string {
  const which = newOnly ? "new" : "new and open";
  return `The rule rejects ${which} IPv6 HTTPS connections to ${prefix}, so that clients use IPv4.
It is meant for ${hosts.join(" and ")}; every other host in that network is hit as well.

On the router:
  ${add}
To undo:
  ${remove}
`;
}
