// Takes away what bears our mark, and nothing else; sure of it only after reading back.
import type { Action } from "../../src/protocol/report.ts";
import type { Result } from "../world.ts";
import { failureOf, leavesDoubt, type RouterFault } from "./fault.ts";
import type { FilterMenu } from "./filter-menu.ts";
import { isOurs } from "./filter-row.ts";

type Withdrawn = { readonly removed: number; readonly actions: readonly Action[] };

/** A removal of unknown outcome is looked at, and then asked for once more. */
const ROUNDS = 2;

export async function withdrawOurs(menu: FilterMenu): Promise<Result<Withdrawn>> {
  const actions: Action[] = [];
  const asked = new Set<string>();
  let fault: RouterFault | null = null;
  for (let round = 1; ; round += 1) {
    const read = await menu.read();
    if (!read.ok)
      return { ok: false, error: { ...failureOf(read.fault, asked.size > 0), actions } };
    const ours = read.value.filter(isOurs);
    if (ours.length === 0) return { ok: true, value: { removed: asked.size, actions } };
    if (round > ROUNDS || (fault !== null && !leavesDoubt(fault)))
      return { ok: false, error: { ...stillThere(ours.length, fault), actions } };
    for (const row of ours) {
      asked.add(row.id);
      const written = await menu.remove(row);
      actions.push(written.action);
      fault = written.fault ?? fault;
      if (written.fault?.kind === "login")
        return { ok: false, error: { ...failureOf(written.fault), actions } };
    }
  }
}

function stillThere(count: number, fault: RouterFault | null) {
  const rules = count === 1 ? "our rule still stands" : `${count} of our rules still stand`;
  if (fault === null) return { next: "retry", uncertain: false, message: rules } as const;
  const failure = failureOf(fault);
  return { ...failure, message: `${rules}: ${failure.message}` };
}
