// What the mangle table makes of the MSS in a SYN that the router forwards. Passed before the filter.
import type { Packet } from "../packet.ts";
import type { AddressLists } from "./address-list.ts";
import { matches } from "./packet-match.ts";
import type { RuleRow } from "./rule-table.ts";

/** IP and TCP headers without options. */
const HEADERS = { v4: 40, v6: 60 } as const;
const ETHERNET_BYTES = 1_500;
const SYN_BYTES = 80n;

/** The MSS that the far side is told, null: as the sender said it. Counts; `linkMtu`: the router's narrowest. */
export function clampedMss(
  rows: readonly RuleRow[],
  packet: Packet,
  { lists, linkMtu }: { readonly lists: AddressLists; readonly linkMtu: number },
): number | null {
  const sent = ETHERNET_BYTES - HEADERS[packet.family];
  let mss = sent;
  for (const row of rows) {
    const { "new-mss": wanted, "tcp-mss": only, ...fields } = row.fields;
    if (fields["disabled"] === "true" || fields["chain"] !== packet.chain) continue;
    if (!holdsMss(only, mss) || !matches(fields, packet, lists)) continue;
    row.packets += 1n;
    row.bytes += SYN_BYTES;
    if (fields["action"] === "change-mss" && wanted !== undefined)
      mss =
        wanted === "clamp-to-pmtu"
          ? Math.min(mss, linkMtu - HEADERS[packet.family])
          : Number(wanted);
    if (fields["action"] === "accept" || fields["passthrough"] === "false") break;
  }
  return mss === sent ? null : mss;
}

function holdsMss(range: string | undefined, mss: number): boolean {
  if (range === undefined) return true;
  const [from, to] = range.replace(/^!/, "").split("-");
  const inside = Number(from) <= mss && mss <= Number(to ?? from);
  return inside !== range.startsWith("!");
}
