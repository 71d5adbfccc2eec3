// What the router does with a forwarded packet: enabled rules in order, counting as it goes.
import type { Packet, Verdict } from "../packet.ts";
import type { AddressLists } from "./address-list.ts";
import { durationMs } from "./duration.ts";
import { matches } from "./packet-match.ts";
import type { RuleRow } from "./rule-table.ts";

/** An IPv6 header, a TCP header and usual options: a SYN's size. */
const PACKET_BYTES = 80n;
/** Chains that jump to each other in a ring end here. */
const DEEPEST = 16;

const ACCEPTED: Verdict = { verdict: "accept" };

/** Walks the table; a packet that no rule decides is accepted, as on the real router. */
export function evaluate(rows: readonly RuleRow[], packet: Packet, lists: AddressLists): Verdict {
  // FastTrack carries the packets of its connections past the filter, counters included.
  if (packet.fastTracked === true) return ACCEPTED;
  return walk(rows, packet.chain, { packet, lists, depth: 0 }) ?? ACCEPTED;
}

type Walk = { readonly packet: Packet; readonly lists: AddressLists; readonly depth: number };

/** Null: the chain ended, or returned, without a decision. */
function walk(rows: readonly RuleRow[], chain: string, here: Walk): Verdict | null {
  const { packet, lists, depth } = here;
  for (const row of rows) {
    const { fields } = row;
    if (fields["disabled"] === "true" || fields["chain"] !== chain) continue;
    if (!matches(fields, packet, lists)) continue;
    row.packets += 1n;
    row.bytes += PACKET_BYTES;
    const action = fields["action"];
    if (action === "accept" || action === "drop") return { verdict: action };
    if (action === "reject")
      return { verdict: "reject", with: fields["reject-with"] ?? "icmp-no-route" };
    if (action === "return") return null;
    if (action === "jump" && depth < DEEPEST) {
      const decided = walk(rows, fields["jump-target"] ?? "", { ...here, depth: depth + 1 });
      if (decided !== null) return decided;
    }
    if (action?.endsWith("-to-address-list") === true) remember(row, packet, lists);
    // passthrough, log and fasttrack-connection count and let the next rule decide.
  }
  return null;
}

/** `add-dst-to-address-list` and `add-src-to-address-list`; one entry for an address. */
function remember({ fields }: RuleRow, packet: Packet, lists: AddressLists): void {
  const ofSource = fields["action"] === "add-src-to-address-list";
  const address = ofSource ? packet.srcAddress : packet.dstAddress;
  const list = fields["address-list"];
  if (address === undefined || list === undefined || lists.holds(list, address)) return;
  const lifeMs = durationMs(fields["address-list-timeout"] ?? "");
  lists.add({
    list,
    address: `${address}/128`,
    comment: undefined,
    disabled: false,
    dynamic: fields["address-list-timeout"] !== "none-static",
    lifeMs,
  });
}
