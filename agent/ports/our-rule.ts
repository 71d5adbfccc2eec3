// Which of the rules on the router is meant by "our rule". Pure.
import type { RouterView, RuleOnRouter } from "./router.ts";

/** Ours; an enabled one before a copy that a person disabled. */
export function ourRule(rules: readonly RuleOnRouter[]): RuleOnRouter | undefined {
  const ours = rules.filter((rule) => rule.ours);
  return ours.find(({ disabled }) => !disabled) ?? ours[0];
}

/** Ours, in force. */
export function standingRule(view: RouterView | null): RuleOnRouter | undefined {
  return view?.rules.find(({ ours, disabled }) => ours && !disabled);
}
