// The MSS clamps of two routers that stand for each other: on both, or the failure of the first that failed.
import type { Clamper } from "../ports/clamp.ts";
import type { Result } from "../ports/result.ts";
import { withdraw } from "./pair-withdraw.ts";

/** A router that is not reached fails each of these: a clamp on one alone helps some of the time. */
export function pairedClampers(clampers: readonly Clamper[]): Clamper {
  return {
    async look() {
      const looks = await allOf(clampers, (one) => one.look());
      if (!looks.ok) return looks;
      const leftAlone = looks.value.flatMap((view) => view.leftAlone ?? []);
      const ours = looks.value.flatMap((view) => view.ours);
      return { ok: true, value: { ours, ...(leftAlone.length === 0 ? {} : { leftAlone }) } };
    },
    async ensure(wanted, stillAllowed) {
      const done = await allOf(clampers, (one) => one.ensure(wanted, stillAllowed));
      if (!done.ok) return done;
      const added = done.value.some((one) => one.added);
      const ours = done.value.flatMap((one) => one.ours);
      const actions = done.value.flatMap((one) => one.actions);
      return { ok: true, value: { added, ours, actions } };
    },
    withdraw: (scope) => withdraw(clampers.map((one) => () => one.withdraw(scope))),
  };
}

async function allOf<T>(
  clampers: readonly Clamper[],
  ask: (clamper: Clamper) => Promise<Result<T>>,
): Promise<Result<readonly T[]>> {
  const values: T[] = [];
  for (const clamper of clampers) {
    const one = await ask(clamper);
    if (!one.ok) return one;
    values.push(one.value);
  }
  return { ok: true, value: values };
}
