// Which of the rules on the router is meant by "our rule". Pure.
import type { RuleOnRouter } from "./world.ts";

/** Ours; an enabled one before a copy that a person disabled. */
export function ourRule(rules: readonly RuleOnRouter[]): RuleOnRouter | undefined {
  const ours = rules.filter((rule) => rule.ours);
  return ours.find(({ disabled }) => !disabled) ?? ours[0];
}

/** In words what may decide before the rule does; empty if it is first. */
export function behindInWords(behind: string | null | undefined): string {
  return behind === null || behind === undefined ? "" : ` It stands behind “${behind}”.`;
}
