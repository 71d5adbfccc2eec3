// The views of routers that stand for each other, as one. Either may carry the packets, so a rule counts
// for what it keeps out on all of them. Pure.
import type { RouterView, RuleOnRouter } from "../ports/router.ts";
import { ourRule } from "../ports/our-rule.ts";
import { hold } from "../basics/networks.ts";

/** What is wrong on one of them is wrong: disabled on one is a person's word, missing on one is missing. */
export function mergedView(first: RouterView, others: readonly RouterView[]): RouterView {
  const all = [first, ...others];
  const leftAlone = all.flatMap((view) => view.leftAlone ?? []);
  const left = all.flatMap((view) => view.entriesLeftMs ?? []);
  const usedByUs = all.flatMap((view) => view.usedByUs ?? []);
  const usedBy = new Set(all.flatMap((view) => view.usedBy ?? []));
  return {
    version: [...new Set(all.map(({ version }) => version))].join(", "),
    rules: first.rules.flatMap((rule) => everywhere(rule, others)),
    marked: Math.max(...all.map(({ marked }) => marked)),
    routers: all.flatMap((view) => view.routers ?? []),
    ...(leftAlone.length === 0 ? {} : { leftAlone }),
    ...(left.length === 0 ? {} : { entriesLeftMs: Math.max(...left) }),
    ...(usedByUs.length === 0 ? {} : { usedByUs: usedByUs.every(Boolean), usedBy: [...usedBy] }),
  };
}

/** The rule with what it keeps out on every router; empty where another one lets all of it pass. */
function everywhere(rule: RuleOnRouter, others: readonly RouterView[]): RuleOnRouter[] {
  const kept = others.map(({ rules }) =>
    rules.filter(({ disabled }) => !disabled).flatMap(({ networks }) => networks),
  );
  const networks = rule.networks.filter((network) => kept.every((nets) => hold(nets, network)));
  const twins = others.flatMap((view) => twinOf(rule, view) ?? []);
  const disabled = rule.disabled || twins.some((twin) => rule.ours && twin.ours && twin.disabled);
  const missing =
    twins.length < others.length || (rule.networks.length > 0 && networks.length === 0);
  return missing && !disabled ? [] : [{ ...asOne([rule, ...twins]), networks, disabled }];
}

function twinOf(rule: RuleOnRouter, { rules }: RouterView): RuleOnRouter | undefined {
  const own = rule.ours ? ourRule(rules) : undefined;
  return (
    own ??
    rules.find(
      ({ networks, disabled }) => !disabled && networks.some((n) => hold(rule.networks, n)),
    ) ??
    rules.find(
      ({ networks, disabled }) => !disabled && rule.networks.some((n) => hold(networks, n)),
    )
  );
}

/** What one rule on each router is together. Its id stays the same when one of them is away. */
export function asOne(rules: readonly [RuleOnRouter, ...RuleOnRouter[]]): RuleOnRouter {
  const [first] = rules;
  return {
    ...first,
    id: first.ours ? "ours" : rules.map(({ id }) => id).join("+"),
    disabled: rules.some(({ disabled }) => disabled),
    testable: rules.every(({ testable }) => testable),
    behind: rules.map(({ behind }) => behind).find((behind) => behind !== null) ?? null,
    packets: rules.reduce((sum, { packets }) => sum + BigInt(packets), 0n).toString(),
  };
}
