// Our rule and the entries of its list as lines for the RouterOS console, to type or paste by hand.
import type { Plan, RuleFields } from "../src/protocol/report.ts";
import { asDuration } from "./duration.ts";

const MENU = "/ipv6 firewall filter";
const LIST_MENU = "/ipv6 firewall address-list";
const FIRST_STATIC = "[:pick [find where dynamic=no] 0]";

type Entries = NonNullable<Plan["entries"]>;

/**
 * Adds the rule before the first static rule, where `place-before=0` could meet a
 * dynamic row. On an empty table, leave `place-before` out.
 */
export function ruleAsConsole(rule: RuleFields): string {
  const { comment, ...fields } = rule;
  const words = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${wordOf(value)}`],
  );
  return `${MENU} add ${words.join(" ")} comment=${quoted(comment)} place-before=${FIRST_STATIC}`;
}

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
      `comment=${quoted(`${host}, by hand [backon]`)}`,
    ];
    return [
      `# ${host}: put the /${prefixLength} of its IPv6 address in place of ${placeholder}`,
      `# ${LIST_MENU} add ${words.join(" ")}`,
    ];
  });
}

/** Removes the entries that bear our mark; a person's own entries in that list stay. */
export function undoEntriesAsConsole({ list }: Pick<Entries, "list">): string {
  const mark = quoted(String.raw`\[backon\]`); // A regular expression.
  return `${LIST_MENU} remove [find where list=${wordOf(list)} comment~${mark}]`;
}

/** Words of these characters need no quotes. */
export function wordOf(value: string): string {
  return /^[A-Za-z0-9!,:./-]+$/.test(value) ? value : quoted(value);
}

/** `$` starts a variable and `?` asks for help, even inside quotes; other bytes go as hex. */
function quoted(text: string): string {
  const escaped = [...Buffer.from(text, "utf8")].map((byte) => {
    const character = String.fromCharCode(byte);
    if ('"\\$?'.includes(character)) return `\\${character}`;
    const printable = byte >= 0x20 && byte < 0x7f;
    return printable ? character : `\\${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  });
  return `"${escaped.join("")}"`;
}
