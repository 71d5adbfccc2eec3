// What else concerns our rule, and the entries of its list, as lines for the RouterOS console, to type or paste by hand.
import type { Plan, RuleFields } from "../../src/protocol/report.ts";
import { FIRST_STATIC, quoted, wordOf } from "../../src/shown/rule-as-console.ts";
import { asDuration } from "../../src/shown/routeros-duration.ts";
import { ENTRY_COMMENT } from "../ports/our-writing.ts";

const MENU = "/ipv6 firewall filter";
const LIST_MENU = "/ipv6 firewall address-list";

type Entries = NonNullable<Plan["entries"]>;

/** Removes every rule with exactly this comment. */
export function undoAsConsole(rule: RuleFields): string {
  return `${MENU} remove [find where comment=${quoted(rule.comment)}]`;
}

/** Puts the rule with this comment before every other static one. */
export function moveFirstAsConsole(rule: RuleFields): string {
  return `${MENU} move [find where comment=${quoted(rule.comment)}] destination=${FIRST_STATIC}`;
}

/**
 * How entries are added by hand, as comments: two lines for each host. Its addresses are not known
 * before an incident, so each network is a placeholder that nobody has (2001:db8::/32, RFC 3849).
 */
export function entriesAsConsole({ list, hosts, prefixLength, lifetimeMs }: Entries): string[] {
  return hosts.flatMap((host, at) => {
    const placeholder = `2001:db8:0:${(at + 1).toString(16)}::/${prefixLength}`;
    const words = [
      `list=${wordOf(list)}`,
      `address=${placeholder}`,
      `timeout=${asDuration(lifetimeMs)}`,
      `comment=${quoted(ENTRY_COMMENT)}`,
    ];
    return [
      `# ${host}: put the /${prefixLength} of its IPv6 address in place of ${placeholder}`,
      `# ${LIST_MENU} add ${words.join(" ")}`,
    ];
  });
}

/** Removes the entries with our comment; a person's own entries in that list stay. */
export function undoEntriesAsConsole({ list }: Pick<Entries, "list">): string {
  return `${LIST_MENU} remove [find where list=${wordOf(list)} comment=${quoted(ENTRY_COMMENT)}]`;
}
