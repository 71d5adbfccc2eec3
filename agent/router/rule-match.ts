// How a row on the router compares with the rule we want.
import type { RuleFields } from "../../src/protocol/report.ts";
import { HOLE } from "../ports/our-writing.ts";
import type { RuleOnRouter } from "../ports/router.ts";
import { isOurs, type FilterRow } from "./filter-row.ts";
import { contains } from "../basics/networks.ts";
import { inOrder, isFieldOfOurs } from "./ours.ts";

/** What may stand in a covering rule, and with which values. Anything else makes it narrower. */
const COVERING: Readonly<Record<string, (value: string) => boolean>> = {
  chain: (value) => value === "forward",
  action: (value) => value === "reject" || value === "drop",
  "reject-with": () => true,
  "dst-address": () => true,
  "dst-address-list": () => true,
  protocol: (value) => value === "tcp" || value === "6",
  "dst-port": (value) => holdsPort(value, 443),
  "tcp-flags": (value) => ["syn", "!ack,syn"].includes(inOrder(value)),
  "connection-state": (value) => value.split(",").includes("new"),
  "src-port": (value) => value === HOLE,
};

/** What is to be kept out: a whole network, or what is in a list. */
export type Target = { readonly prefix: string | null; readonly list: string | null };

/**
 * Whether the row keeps new IPv6 HTTPS connections from the whole prefix, or from what is in the
 * list. Address, protocol and port must be there: a last "drop everything else" is no such rule.
 */
export function covers(row: FilterRow, { prefix, list }: Target): boolean {
  if (row.dynamic) return false;
  for (const [name, value] of row.fields) if (COVERING[name]?.(value) !== true) return false;
  if (!row.fields.has("protocol") || !row.fields.has("dst-port")) return false;
  const address = row.fields.get("dst-address");
  const named = row.fields.get("dst-address-list");
  if (named !== undefined) return address === undefined && named === list;
  return address !== undefined && prefix !== null && contains(address, prefix);
}

/**
 * What a look shows: rules that cover the target or a part of it, which stands in the way of clients
 * all the same, and ours of other settings.
 */
export function concerns(row: FilterRow, target: Target): boolean {
  const part = partOf(row);
  const inside = part !== null && target.prefix !== null && contains(target.prefix, part);
  return covers(row, target) || (part !== null && (inside || isOurs(row)));
}

/** The network that an enabled or disabled rule of this kind keeps clients from; null for others. */
export function partOf(row: FilterRow): string | null {
  const address = row.fields.get("dst-address");
  const is = address !== undefined && covers(row, { prefix: address, list: null });
  return is ? address : null;
}

/** One of our rows is the wanted rule, and not as other settings wanted it. */
export function isAsWanted(row: FilterRow, rule: RuleFields): boolean {
  return differences(row, rule).length === 0;
}

/** In words, the fields in which one of our rows is not the wanted rule; empty if it is. */
export function differences(row: FilterRow, rule: RuleFields): string[] {
  const wanted = wantedFields(rule);
  const names = new Set([...wanted.keys(), ...row.fields.keys()]);
  return [...names].flatMap((field) => {
    const [is, should] = [row.fields.get(field), wanted.get(field)];
    return same(field, is, should)
      ? []
      : [`${field} is ${is ?? "nothing"}, not ${should ?? "nothing"}`];
  });
}

/** A row that is the wanted rule but for fields that no settings of ours write. */
export function isMoreThan(row: FilterRow, rule: RuleFields): boolean {
  const wanted = wantedFields(rule);
  const further = [...row.fields.keys()].filter((field) => !wanted.has(field));
  return (
    further.length > 0 &&
    !further.some(isFieldOfOurs) &&
    [...wanted].every(([field, value]) => same(field, row.fields.get(field), value))
  );
}

/** Chain, action, its parameters and all matchers. */
export function wantedFields(rule: RuleFields): Map<string, string> {
  const { comment: _, ...fields } = rule;
  return new Map(
    Object.entries(fields).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}

function same(field: string, is: string | undefined, wanted: string | undefined): boolean {
  if (is === undefined || wanted === undefined) return is === wanted;
  if (field === "dst-address") return contains(is, wanted) && contains(wanted, is);
  if (field === "tcp-flags") return inOrder(is) === inOrder(wanted);
  return is === wanted;
}

/** The enabled static rule of the chain that stands before this row and could decide first. */
export function decidesBefore(rows: readonly FilterRow[], row: FilterRow): FilterRow | null {
  const passes = ["passthrough", "log", "add-dst-to-address-list", "add-src-to-address-list"];
  const before = rows
    .slice(0, rows.indexOf(row))
    .find(
      (other) =>
        other.chain === "forward" &&
        !other.disabled &&
        !other.dynamic &&
        !isOurs(other) &&
        !passes.includes(other.action),
    );
  return before ?? null;
}

/** The row as the core sees it. `listed`: what the list holds that the row may name. */
export function onRouter(
  rows: readonly FilterRow[],
  row: FilterRow,
  listed: readonly string[] = [],
): RuleOnRouter {
  const before = decidesBefore(rows, row);
  const address = row.fields.get("dst-address");
  return {
    id: row.id,
    ours: isOurs(row),
    disabled: row.disabled,
    comment: row.comment,
    networks: address === undefined ? listed : [address],
    testable: row.fields.get("src-port") === HOLE,
    behind: before === null ? null : (before.comment ?? before.id),
    packets: row.packets.toString(),
  };
}

function holdsPort(list: string, port: number): boolean {
  return list.split(",").some((range) => {
    const [from, to] = range.split("-");
    return Number(from) <= port && port <= Number(to ?? from);
  });
}
