// How a row on the router compares with the rule we want.
import ipaddr from "ipaddr.js";
import type { RuleFields } from "../../src/protocol/report.ts";
import { TEST_PORTS } from "../test-ports.ts";
import type { RuleOnRouter } from "../world.ts";
import { isOurs, type FilterRow } from "./filter-row.ts";

/** The ports from which IPv6 is tested while the rule stands. */
const HOLE = `!${TEST_PORTS.from}-${TEST_PORTS.to}`;

/** What may stand in a covering rule, and with which values. Anything else makes it narrower. */
const COVERING: Readonly<Record<string, (value: string) => boolean>> = {
  chain: (value) => value === "forward",
  action: (value) => value === "reject" || value === "drop",
  "reject-with": () => true,
  "dst-address": () => true,
  protocol: (value) => value === "tcp" || value === "6",
  "dst-port": (value) => holdsPort(value, 443),
  "tcp-flags": (value) => ["syn", "!ack,syn"].includes(inOrder(value)),
  "connection-state": (value) => value.split(",").includes("new"),
  "src-port": (value) => value === HOLE,
};

/**
 * Whether the row keeps new IPv6 HTTPS connections from the whole prefix. Address, protocol and
 * port must be there: a last "drop everything else" is no such rule.
 */
export function covers(row: FilterRow, prefix: string): boolean {
  if (row.dynamic) return false;
  for (const [name, value] of row.fields) if (COVERING[name]?.(value) !== true) return false;
  const address = row.fields.get("dst-address");
  if (address === undefined || !row.fields.has("protocol") || !row.fields.has("dst-port"))
    return false;
  return contains(address, prefix);
}

/** The fields in which one of our rows is not the wanted rule; empty if it is. */
export function differences(row: FilterRow, rule: RuleFields): Difference[] {
  const wanted = wantedFields(rule);
  const names = new Set([...wanted.keys(), ...row.fields.keys()]);
  const found: Difference[] = [];
  for (const field of names) {
    const [is, should] = [row.fields.get(field), wanted.get(field)];
    if (same(field, is, should)) continue;
    found.push({ field, is: is ?? "nothing", wanted: should ?? "nothing" });
  }
  return found;
}
export type Difference = { readonly field: string; readonly is: string; readonly wanted: string };

/** PREFIX, REJECT_WITH, NEW_ONLY, RULE_LIFE: a difference here means that the settings have changed. */
export function isSetting(difference: Difference): boolean {
  return ["dst-address", "reject-with", "tcp-flags", "src-port"].includes(difference.field);
}

function wantedFields(rule: RuleFields): Map<string, string> {
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
  // Whether the router keeps the order of the flags is not known.
  if (field === "tcp-flags") return inOrder(is) === inOrder(wanted);
  return is === wanted;
}

/** The enabled static rule of the chain that stands before this row and could decide first. */
function decidesBefore(rows: readonly FilterRow[], row: FilterRow): FilterRow | undefined {
  const passes = ["passthrough", "log", "add-dst-to-address-list", "add-src-to-address-list"];
  return rows
    .slice(0, rows.indexOf(row))
    .find(
      (other) =>
        other.chain === "forward" &&
        !other.disabled &&
        !other.dynamic &&
        !isOurs(other) &&
        !passes.includes(other.action),
    );
}

/** The row as the core sees it. */
export function onRouter(rows: readonly FilterRow[], row: FilterRow): RuleOnRouter {
  const before = decidesBefore(rows, row);
  return {
    id: row.id,
    ours: isOurs(row),
    disabled: row.disabled,
    comment: row.comment,
    networks: [row.fields.get("dst-address") ?? ""].filter((network) => network !== ""),
    testable: row.fields.get("src-port") === HOLE,
    behind: before === undefined ? null : (before.comment ?? before.id),
    packets: row.packets.toString(),
  };
}

/** True if every address of `inner` lies in `outer`; text that is no IPv6 network holds nothing. */
function contains(outer: string, inner: string): boolean {
  const [around, within] = [network(outer), network(inner)];
  return around !== null && within !== null && around[1] <= within[1] && within[0].match(around);
}

function network(text: string): [ipaddr.IPv6, number] | null {
  const cidr = text.includes("/") ? text : `${text}/128`;
  return ipaddr.IPv6.isValidCIDR(cidr) ? ipaddr.IPv6.parseCIDR(cidr) : null;
}

function holdsPort(list: string, port: number): boolean {
  return list.split(",").some((range) => {
    const [from, to] = range.split("-");
    return Number(from) <= port && port <= Number(to ?? from);
  });
}

function inOrder(list: string): string {
  return list.split(",").toSorted().join(",");
}
