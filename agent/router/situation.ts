// What the table says about the wanted rule, and so what is to be done. Pure.
import type { RuleFields } from "../../src/protocol/report.ts";
import { isOurs, type FilterRow } from "./filter-row.ts";
import { contains, hold } from "../basics/networks.ts";
import { covers, isAsWanted, partOf } from "./rule-match.ts";

export type Situation =
  /** Ours stands as wanted; `extras` are more of ours. */
  | { readonly kind: "right"; readonly row: FilterRow; readonly extras: readonly FilterRow[] }
  /** Somebody disabled ours: theirs to decide. */
  | { readonly kind: "disabled"; readonly row: FilterRow }
  /** A person typed an equal rule, or rules that together keep out all that is to be kept out. */
  | { readonly kind: "typed"; readonly row: FilterRow }
  /** None; or ours as older settings wanted it, left to be replaced. */
  | { readonly kind: "wanting" };

export type Asked = {
  readonly rule: RuleFields;
  /** Rules of a person that keep out all of this will do, too. */
  readonly prefix: string;
  /** So will those that keep out all of these, which are all that clients are given. */
  readonly addresses: readonly string[];
};

export function situation(rows: readonly FilterRow[], asked: Asked): Situation {
  const { rule } = asked;
  const ours = rows.filter(isOurs);
  const right = ours.find((row) => !row.disabled && isAsWanted(row, rule));
  if (right !== undefined)
    return { kind: "right", row: right, extras: ours.filter((row) => row !== right) };

  const disabled = ours.find((row) => row.disabled);
  if (disabled !== undefined) return { kind: "disabled", row: disabled };

  if (ours.length > 0) return { kind: "wanting" };

  const typed = typedIn(rows, asked);
  return typed === undefined ? { kind: "wanting" } : { kind: "typed", row: typed };
}

/** The rule of a person that does it; of several that do it together one that is hit. */
function typedIn(
  rows: readonly FilterRow[],
  { rule, prefix, addresses }: Asked,
): FilterRow | undefined {
  const enabled = rows.filter(({ disabled }) => !disabled);
  const target = { prefix, list: rule["dst-address-list"] ?? null };
  const alone = enabled.find((row) => covers(row, target));
  if (alone !== undefined) return alone;
  const parts = enabled.flatMap((row) => {
    const network = partOf(row);
    return network === null ? [] : [{ row, network }];
  });
  const networks = parts.map(({ network }) => network);
  const all = addresses.length > 0 && addresses.every((address) => hold(networks, address));
  if (!all && !hold(networks, prefix)) return undefined;
  const isHit = ({ network }: { readonly network: string }) =>
    addresses.some((address) => contains(network, address));
  return (parts.find(isHit) ?? parts.find(({ network }) => contains(prefix, network)))?.row;
}

/**
 * Before which row the rule goes: the first static one (docs/design.md section 6). Position 0 may be a
 * dynamic row, which nothing can precede. Null on an empty table.
 */
export function anchor(rows: readonly FilterRow[]): FilterRow | null {
  return rows.find((row) => !row.dynamic) ?? null;
}
