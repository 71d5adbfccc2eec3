// Both remedies off the router: what one command undoes.
import type { Result } from "./result.ts";
import type { Router } from "./router.ts";
import type { Withdrawn } from "./withdrawn.ts";

/** The clamps first: the marker that says who uses what is ours goes with the rule. Tries both. */
export async function withdrawAll(
  router: Pick<Router, "withdraw" | "clamp">,
  scope?: "all",
): Promise<Result<Withdrawn>> {
  const clamps = await router.clamp?.withdraw(scope);
  const rule = await router.withdraw(scope);
  if (clamps === undefined) return rule;
  const actions = [clamps, rule].flatMap((one) =>
    one.ok ? one.value.actions : (one.error.actions ?? []),
  );
  if (!clamps.ok || !rule.ok) {
    const errors = [clamps, rule].flatMap((one) => (one.ok ? [] : [one.error]));
    const [first] = errors;
    const uncertain = errors.some((one) => one.uncertain);
    const message = errors.map((one) => one.message).join("; ");
    const next = errors.some((one) => one.next === "retry") ? "retry" : "give-up";
    return { ok: false, error: { ...first, next, uncertain, message, actions } };
  }
  const usedBy = [...new Set([...(clamps.value.usedBy ?? []), ...(rule.value.usedBy ?? [])])];
  const leftAlone = [...(clamps.value.leftAlone ?? []), ...(rule.value.leftAlone ?? [])];
  const stays = clamps.value.stays === true || rule.value.stays === true;
  return {
    ok: true,
    value: {
      removed: clamps.value.removed + rule.value.removed,
      ...(stays ? { stays } : {}),
      ...(usedBy.length === 0 ? {} : { usedBy }),
      ...(leftAlone.length === 0 ? {} : { leftAlone }),
      actions,
    },
  };
}
