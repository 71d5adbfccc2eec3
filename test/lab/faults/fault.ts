// What a fault of the network consists of: rules in the router, changes at the three places, and
// other answers from the Internet.
import type { Place } from "../addresses.ts";
import type { Steering } from "../steering.ts";

/** A command in a place, and the one that takes it back. */
export type Change = {
  readonly place: Place;
  readonly run: readonly string[];
  readonly undo: readonly string[];
};

export type Fault = {
  /** Statements for the router's table of faults, `inet fault`. */
  readonly nft?: readonly string[];
  /** Statements that are in force in every second of these spans of the clock. */
  readonly pulse?: { readonly everyMs: number; readonly nft: readonly string[] };
  readonly changes?: readonly Change[];
  readonly steering?: Steering;
  /** Another resolver for the node. */
  readonly resolver?: string;
};

/** Chains of the table: `forward` after the product's own (priority 10), `output` for the router's errors. */
export const EMPTY_TABLE = [
  "add table inet fault",
  "delete table inet fault",
  "add table inet fault",
  "add chain inet fault forward { type filter hook forward priority 10; policy accept; }",
  "add chain inet fault output { type filter hook output priority 0; policy accept; }",
] as const;

/** A rule for what the router forwards. */
export function rule(text: string): string {
  return `add rule inet fault forward ${text}`;
}

/** A SYN has at most 80 bytes, the first flight of TLS more than 200: TCP comes up, TLS does not. */
const BEYOND_TCP = "meta length > 100";

/** TLS over IPv6 to these addresses stalls: data is lost both ways. */
export function tlsStalls(to: string): readonly string[] {
  return [...clientDataLost(to), ...serverDataLost(to)];
}

export function clientDataLost(to: string): readonly string[] {
  return [rule(`ip6 daddr ${to} tcp dport 443 ${BEYOND_TCP} drop`)];
}

export function serverDataLost(to: string): readonly string[] {
  return [rule(`ip6 saddr ${to} tcp sport 443 ${BEYOND_TCP} drop`)];
}

/** One statement on a line: nft 1.0.6 refuses more. */
export function nftSet(addresses: readonly string[]): string {
  return `{ ${addresses.join(", ")} }`;
}
