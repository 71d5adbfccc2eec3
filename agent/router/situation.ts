// What the table says about the wanted rule, and so what is to be done. Pure.
import type { RuleFields } from "../../src/protocol/report.ts";
import { isOurs, type FilterRow } from "./filter-row.ts";
import { covers, isAsWanted } from "./rule-match.ts";

export type Situation =
  /** Ours stands as wanted; `extras` are more of ours. */
  | { readonly kind: "right"; readonly row: FilterRow; readonly extras: readonly FilterRow[] }
  /** Somebody disabled ours: theirs to decide. */
  | { readonly kind: "disabled"; readonly row: FilterRow }
  /** A person typed an equal rule, or one that keeps out the whole prefix. */
  | { readonly kind: "typed"; readonly row: FilterRow }
  /** None; or ours as older settings wanted it, left to be replaced. */
  | { readonly kind: "wanting" };

/** `prefix`: a rule of a person that keeps out all of it will do, too. */
export function situation(rows: readonly FilterRow[], rule: RuleFields, prefix: string): Situation {
  const ours = rows.filter(isOurs);
  const right = ours.find((row) => !row.disabled && isAsWanted(row, rule));
  if (right !== undefined)
    return { kind: "right", row: right, extras: ours.filter((row) => row !== right) };

  const disabled = ours.find((row) => row.disabled);
  if (disabled !== undefined) return { kind: "disabled", row: disabled };

  if (ours.length > 0) return { kind: "wanting" };

  const target = { prefix, list: rule["dst-address-list"] ?? null };
  const typed = rows.find((row) => !row.disabled && covers(row, target));
  return typed === undefined ? { kind: "wanting" } : { kind: "typed", row: typed };
}

/**
 * Before which row the rule goes: the first static one (DESIGN section 6). Position 0 may be a
 * dynamic row, which nothing can precede. Null on an empty table.
 */
export function anchor(rows: readonly FilterRow[]): FilterRow | null {
  return rows.find((row) => !row.dynamic) ?? null;
}
