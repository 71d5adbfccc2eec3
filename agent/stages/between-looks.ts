// What is measured, with the router read before and after.
import { rulesThroughout } from "../plan/rules-throughout.ts";
import type { RouterView, RuleOnRouter } from "../ports/router.ts";
import type { World } from "../ports/world.ts";

type Looked = {
  /** As the router is after the measuring. */
  readonly view: RouterView | null;
  /** Those that stood at both looks. */
  readonly rules: readonly RuleOnRouter[];
  readonly error: string | null;
};

/** Measures in any case; where a look fails, nothing is known of the router. */
export async function betweenLooks<T>(
  world: World,
  measure: () => Promise<T>,
): Promise<Looked & { readonly measured: T }> {
  const before = await look(world);
  const measured = await measure();
  if (before.view === null) return { ...before, measured };
  const after = await look(world, before.view);
  const rules = after.view === null ? [] : rulesThroughout(before.view, after.view);
  return { ...after, rules, measured };
}

async function look({ router }: World, seen?: RouterView): Promise<Looked> {
  if (router === null) return { view: null, rules: [], error: null };
  const looked = await router.look(seen);
  return looked.ok
    ? { view: looked.value, rules: looked.value.rules, error: null }
    : { view: null, rules: [], error: looked.error.message };
}
