// What is on the router, from the simulator's own table and lists; the adapter is not asked.
import { ruleFor } from "../../agent/plan/plan.ts";
import type { Policy } from "../../agent/ports/policy.ts";
import { CLUSTERS } from "./history.ts";
import type { Packet } from "../../sim/packet.ts";
import type { RouterOs } from "../../sim/routeros/server.ts";
import { addressesOf, HUB, TOKEN } from "../support/a-round.ts";

export type Row = Readonly<Record<string, string>>;

export type Truth = {
  readonly rows: readonly Row[];
  /** Ours, in order. */
  readonly rules: readonly Row[];
  /** Ours of our list; none where the profile has no list. */
  readonly entries: readonly Row[];
  /** Clusters that have said that they use our rule. */
  readonly users: readonly string[];
  /** Everything else, in order, without what time and traffic change. */
  readonly foreign: readonly string[];
};

const RULE_COMMENT = "Block Docker Hub IPv6 - forces IPv4 fallback [backon]";
export const MARKERS = "backon-clusters";
const ENTRY_COMMENT = "Docker Hub IPv6 is broken here; goes by itself [backon]";

export function truthOf(os: RouterOs, policy: Policy): Truth {
  const rows = os.table();
  const all = os.entries();
  // Of what persons do to ours in these histories, another port alone makes it theirs.
  const isOurs = (row: Row) =>
    row["dynamic"] !== "true" && row["comment"] === RULE_COMMENT && row["dst-port"] === "443";
  const isOurEntry = (entry: Row) =>
    policy.profile === "address-list" &&
    entry["list"] === policy.addressList &&
    entry["comment"] === ENTRY_COMMENT;
  return {
    rows,
    rules: rows.filter(isOurs),
    entries: all.filter(isOurEntry),
    users: all.filter(isMarker).map((entry) => entry["comment"] ?? ""),
    foreign: [
      ...rows.filter((row) => !isOurs(row)).map(lasting),
      ...all.filter((entry) => !isOurEntry(entry) && !isMarker(entry)).map(lasting),
    ],
  };
}

function isMarker({ list, comment, timeout }: Row): boolean {
  return list === MARKERS && timeout !== undefined && CLUSTERS.some((name) => name === comment);
}

/** Ids may be given anew at a reboot; `invalid` hangs on what lists hold. */
function lasting(row: Row): string {
  const { ".id": _, packets: __, bytes: ___, invalid: ____, timeout: _____, ...rest } = row;
  return JSON.stringify(rest);
}

export function isEnabled(row: Row): boolean {
  return row["disabled"] !== "true";
}

/** The rule has just the fields that this policy asks for. */
export function isAsWanted(row: Row, policy: Policy): boolean {
  const { comment: _, ...wanted } = ruleFor(policy);
  const ignored = [".id", "comment", "disabled", "dynamic", "packets", "bytes", "invalid"];
  const is = Object.entries(row).filter(([name]) => !ignored.includes(name));
  const inOrder = (fields: readonly (readonly [string, string | undefined])[]) =>
    fields.map((field) => field.join("=")).toSorted();
  return inOrder(is).join("\n") === inOrder(Object.entries(wanted)).join("\n");
}

/** All IPv6 addresses of Docker Hub's two hosts. */
export const HUB_ADDRESSES = [HUB, TOKEN].flatMap((host) => [...addressesOf(host, "v6")]);

/** Which of them new connections do not reach. Each question counts as one packet. */
export function blockedAt(os: RouterOs): string[] {
  return HUB_ADDRESSES.filter((address) => os.decide(syn(address)).verdict !== "accept");
}

function syn(dstAddress: string): Packet {
  const flags = { protocol: "tcp", dstPort: 443, syn: true, ack: false } as const;
  return { chain: "forward", family: "v6", dstAddress, ...flags };
}
