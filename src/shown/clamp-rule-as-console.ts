// Our MSS clamp as a line for the RouterOS console, made of its fields as the rule's line is.
import type { PlannedClamp } from "../protocol/clamp.ts";
import { FIRST_STATIC, quoted, wordOf } from "./rule-as-console.ts";

const MENUS = { v4: "/ip firewall mangle", v6: "/ipv6 firewall mangle" } as const;

type Clamp = Pick<PlannedClamp, "family" | "rule">;

/** Adds the clamp before the first static rule. On an empty table, leave `place-before` out. */
export function clampRuleAsConsole({ family, rule: { comment, ...fields } }: Clamp): string {
  const words = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${wordOf(value)}`],
  );
  return `${MENUS[family]} add ${words.join(" ")} comment=${quoted(comment)} place-before=${FIRST_STATIC}`;
}

/** Removes every clamp of this family with exactly this comment. */
export function undoClampRuleAsConsole({ family, rule }: Clamp): string {
  return `${MENUS[family]} remove [find where comment=${quoted(rule.comment)}]`;
}
