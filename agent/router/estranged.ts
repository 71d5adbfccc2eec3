// A version of RouterOS that shows more of our rule than we wrote: it would never be known as ours again, so
// it may not stay.
import type { RuleFields } from "../../src/protocol/report.ts";
import type { Failure } from "../ports/result.ts";
import { failureOf } from "./fault.ts";
import type { FilterMenu } from "./filter-menu.ts";
import type { FilterRow } from "./filter-row.ts";
import { differences, isMoreThan } from "./rule-match.ts";

type Wanted = { readonly rule: RuleFields; readonly on: string };

/** The row that an add, answered well, has just made: it holds all that was wanted, and more. */
export function estranged(
  rows: readonly FilterRow[],
  before: readonly FilterRow[],
  { rule }: Pick<Wanted, "rule">,
): FilterRow | undefined {
  const known = new Set(before.map(({ id }) => id));
  return rows.find(
    (row) => !known.has(row.id) && row.comment === rule.comment && isMoreThan(row, rule),
  );
}

/** Removes it, and says why. */
export async function removeEstranged(
  menu: FilterMenu,
  row: FilterRow,
  { rule, on }: Wanted,
): Promise<Failure> {
  const { actions } = await menu.remove(row);
  const read = await menu.read();
  if (!read.ok) return { ...failureOf(read.fault, true), actions };
  const isThere = read.value.some(({ id }) => id === row.id);
  const end = isThere ? "could NOT be removed again: look at the router" : "was removed again";
  const message = `${on} shows our rule otherwise than it was written (${differences(row, rule).join("; ")}), so it could not be told from a person's; it ${end}`;
  return { next: "give-up", uncertain: isThere, message, actions };
}
