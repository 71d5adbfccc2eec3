// Readings take seconds, and a person may write a rule meanwhile: a rule explains readings only if it
// stood before the first and after the last of them. Pure.
import type { RouterView, RuleOnRouter } from "../ports/router.ts";

/** The rules of the later view as far as they were in force at both looks. */
export function rulesThroughout(before: RouterView, after: RouterView): RuleOnRouter[] {
  return after.rules.flatMap((rule) => {
    const earlier = before.rules.find(({ id }) => id === rule.id);
    if (earlier === undefined) return [];
    const networks = rule.networks.filter((network) => earlier.networks.includes(network));
    return [{ ...rule, networks, disabled: rule.disabled || earlier.disabled }];
  });
}
