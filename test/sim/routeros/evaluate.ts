// What the router does with a forwarded packet: enabled rules in order, counting as it goes.
import ipaddr from "ipaddr.js";
import type { Packet, Verdict } from "../packet.ts";
import type { RuleRow } from "./rule-table.ts";

/** An IPv6 header, a TCP header and usual options: a SYN's size. */
const PACKET_BYTES = 80n;
/** A port that clients get when they do not choose one. */
const EPHEMERAL_PORT = 40_000;

const NOT_MATCHERS = new Set(
  "chain action comment disabled log log-prefix reject-with jump-target address-list address-list-timeout".split(
    " ",
  ),
);

/** Walks the table; a packet that no rule decides is accepted, as on the real router. */
export function evaluate(rows: readonly RuleRow[], packet: Packet): Verdict {
  for (const row of rows) {
    if (row.fields["disabled"] === "true" || row.fields["chain"] !== packet.chain) continue;
    if (!matches(row, packet)) continue;
    row.packets += 1n;
    row.bytes += PACKET_BYTES;
    const action = row.fields["action"];
    if (action === "accept" || action === "drop") return { verdict: action };
    if (action === "reject")
      return { verdict: "reject", with: row.fields["reject-with"] ?? "icmp-no-route" };
    // passthrough, log, fasttrack-connection and the lists count and let the next rule decide.
  }
  return { verdict: "accept" };
}

function matches(row: RuleRow, packet: Packet): boolean {
  return Object.entries(row.fields).every(
    ([name, value]) => NOT_MATCHERS.has(name) || fieldMatches(name, value, packet),
  );
}

function fieldMatches(name: string, value: string, packet: Packet): boolean {
  if (name === "tcp-flags") return flagsMatch(value, packet);
  const negated = value.startsWith("!");
  return holds(name, negated ? value.slice(1) : value, packet) !== negated;
}

/** A matcher about something that this packet does not have does not match. */
function holds(name: string, value: string, packet: Packet): boolean {
  switch (name) {
    case "protocol":
      return value === "tcp" || value === "6";
    case "dst-address":
      return ipaddr.IPv6.parse(packet.dstAddress).match(ipaddr.IPv6.parseCIDR(value));
    case "dst-port":
      return portIn(packet.dstPort, value);
    case "src-port":
      return portIn(packet.srcPort ?? EPHEMERAL_PORT, value);
    case "connection-state":
      return value.split(",").includes(packet.syn && !packet.ack ? "new" : "established");
    case "in-interface-list":
      return value === "LAN" || value === "all";
    case "out-interface-list":
      return value === "WAN" || value === "all";
    case "in-interface":
      return value === "bridge";
    case "out-interface":
      return value === "ether1";
    default:
      return false;
  }
}

function portIn(port: number, ranges: string): boolean {
  return ranges.split(",").some((range) => {
    const [from, to] = range.split("-");
    return port >= Number(from) && port <= Number(to ?? from);
  });
}

function flagsMatch(value: string, packet: Packet): boolean {
  const set = [...(packet.syn ? ["syn"] : []), ...(packet.ack ? ["ack"] : [])];
  return value
    .split(",")
    .every((flag) => (flag.startsWith("!") ? !set.includes(flag.slice(1)) : set.includes(flag)));
}
