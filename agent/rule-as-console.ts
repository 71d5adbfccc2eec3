// Our rule as lines for the RouterOS console, to type or paste by hand.
import type { RuleFields } from "../src/protocol/report.ts";

const MENU = "/ipv6 firewall filter";

/**
 * Adds the rule before the first static rule, where `place-before=0` could meet a
 * dynamic row. On an empty table, leave `place-before` out.
 */
export function ruleAsConsole(rule: RuleFields): string {
  const { comment, ...fields } = rule;
  const words = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${bare(value)}`],
  );
  const place = "place-before=[:pick [find where dynamic=no] 0]";
  return `${MENU} add ${words.join(" ")} comment=${quoted(comment)} ${place}`;
}

/** Removes every rule with exactly this comment. */
export function undoAsConsole(rule: RuleFields): string {
  return `${MENU} remove [find where comment=${quoted(rule.comment)}]`;
}

/** Words of these characters need no quotes. */
function bare(value: string): string {
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
