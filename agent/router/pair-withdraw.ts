// What is ours goes from each of two routers that stand for each other.
import type { Result } from "../ports/result.ts";
import type { Withdrawn } from "../ports/withdrawn.ts";

/** All are asked, whatever one answers; it is done only where every one of them says so. */
export async function withdraw(
  each: readonly (() => Promise<Result<Withdrawn>>)[],
): Promise<Result<Withdrawn>> {
  const results: Result<Withdrawn>[] = [];
  for (const one of each) results.push(await one());
  const done = results.flatMap((result) => (result.ok ? [result.value] : []));
  const errors = results.flatMap((result) => (result.ok ? [] : [result.error]));
  const actions = [...done, ...errors].flatMap((one) => one.actions ?? []);
  const [error] = errors;
  if (error !== undefined) {
    const uncertain = errors.some((one) => one.uncertain || one.unreachable === true);
    const message = errors.map((one) => one.message).join("; ");
    return { ok: false, error: { ...error, uncertain, message, actions } };
  }
  const usedBy = [...new Set(done.flatMap((one) => one.usedBy ?? []))];
  const leftAlone = done.flatMap((one) => one.leftAlone ?? []);
  return {
    ok: true,
    value: {
      removed: done.reduce((sum, { removed }) => sum + removed, 0),
      stays: done.some(({ stays }) => stays === true),
      ...(usedBy.length === 0 ? {} : { usedBy }),
      ...(leftAlone.length === 0 ? {} : { leftAlone }),
      actions,
    },
  };
}
