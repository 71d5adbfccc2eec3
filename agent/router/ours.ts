// Ours is the exact comment that we write with the fields that we write, whichever settings wrote them.
// A person may copy the mark, or edit a copy: that is theirs, and only named.
import { ENTRY_PREFIX_LENGTH } from "../ports/entry-prefix-length.ts";
import {
  ENTRY_COMMENT,
  FIRST_PACKET,
  HOLE,
  LIST_NAME,
  REJECT_WITH,
  RULE_COMMENT,
  SHORTEST_PREFIX,
} from "../ports/our-writing.ts";
import { canonical } from "../basics/networks.ts";

const MARK = "[backon]";

/** What is like ours at first sight. */
export function bearsMark(comment: string | null): boolean {
  return comment?.includes(MARK) ?? false;
}

type Fields = ReadonlyMap<string, string>;

/** What a rule of ours may hold. */
const MAY: Readonly<Record<string, (value: string) => boolean>> = {
  chain: (value) => value === "forward",
  action: (value) => value === "reject",
  "reject-with": (value) => REJECT_WITH.some((ours) => ours === value),
  "dst-address": (value) => lengthOf(value) >= SHORTEST_PREFIX,
  "dst-address-list": (value) => LIST_NAME.test(value),
  protocol: (value) => value === "tcp",
  "dst-port": (value) => value === "443",
  "src-port": (value) => value === HOLE,
  "tcp-flags": (value) => inOrder(value) === inOrder(FIRST_PACKET),
};
/** A field that some settings of ours write. */
export function isFieldOfOurs(name: string): boolean {
  return MAY[name] !== undefined;
}

const MUST = ["chain", "action", "reject-with", "protocol", "dst-port"];

/** PROFILE, PREFIX, ADDRESS_LIST, REJECT_WITH, NEW_ONLY and RULE_LIFE decide the rest. */
export function isRuleWeWrite(comment: string | null, fields: Fields): boolean {
  const byList = fields.has("dst-address-list");
  return (
    comment === RULE_COMMENT &&
    [...fields].every(([name, value]) => MAY[name]?.(value) === true) &&
    MUST.every((name) => fields.has(name)) &&
    byList !== fields.has("dst-address") &&
    (!byList || fields.has("tcp-flags"))
  );
}

/** An entry that goes by itself, for one of the networks that we list. */
export function isEntryWeWrite(entry: {
  readonly comment: string | null;
  readonly network: string | null;
  readonly timed: boolean;
}): boolean {
  const { comment, network, timed } = entry;
  return (
    comment === ENTRY_COMMENT &&
    timed &&
    network !== null &&
    lengthOf(network) === ENTRY_PREFIX_LENGTH
  );
}

/** For a view or a result, which leave it out where there is nothing to tell. */
export function leftAlone(found: readonly string[]): { readonly leftAlone?: readonly string[] } {
  return found.length === 0 ? {} : { leftAlone: found };
}

/** Whether the router keeps the order of the flags is not known. */
export function inOrder(list: string): string {
  return list.split(",").toSorted().join(",");
}

function lengthOf(network: string): number {
  return Number(canonical(network)?.split("/")[1] ?? -1);
}
