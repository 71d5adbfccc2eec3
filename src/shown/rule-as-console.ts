// Our rule as a line for the RouterOS console, to type or paste by hand. The Worker shows what it makes
// of the rule's fields, never a line that somebody sent.
import type { RuleFields } from "../protocol/report.ts";

const MENU = "/ipv6 firewall filter";
export const FIRST_STATIC = "[:pick [find where dynamic=no] 0]";

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

/** Words of these characters need no quotes. */
export function wordOf(value: string): string {
  return /^[A-Za-z0-9!,:./-]+$/.test(value) ? value : quoted(value);
}

/** `$` starts a variable and `?` asks for help, even inside quotes; other bytes go as hex. */
export function quoted(text: string): string {
  const escaped = Array.from(new TextEncoder().encode(text), (byte) => {
    const character = String.fromCharCode(byte);
    if ('"\\$?'.includes(character)) return `\\${character}`;
    const printable = byte >= 0x20 && byte < 0x7f;
    return printable ? character : `\\${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  });
  return `"${escaped.join("")}"`;
}
