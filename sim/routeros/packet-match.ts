// Whether a rule's matchers hold for a packet.
import ipaddr from "ipaddr.js";
import type { Packet } from "../packet.ts";
import type { AddressLists } from "./address-list.ts";

/** A port that clients get when they do not choose one. */
const EPHEMERAL_PORT = 40_000;

const NOT_MATCHERS = new Set(
  "chain action comment disabled log log-prefix reject-with jump-target address-list address-list-timeout new-mss passthrough".split(
    " ",
  ),
);
/** The home router's interface lists; `all` holds every interface. */
const INTERFACE_LISTS: Readonly<Record<string, readonly string[]>> = {
  LAN: ["bridge", "ether2"],
  WAN: ["ether1"],
  static: ["bridge", "ether1", "ether2"],
  dynamic: [],
  none: [],
};
const FLAGS = ["syn", "ack", "fin", "rst", "psh"] as const;

/** All matchers must hold; one that this simulation does not know never does. */
export function matches(
  fields: Readonly<Record<string, string>>,
  packet: Packet,
  lists: AddressLists,
): boolean {
  return Object.entries(fields).every(
    ([name, value]) => NOT_MATCHERS.has(name) || fieldMatches(name, value, packet, lists),
  );
}

function fieldMatches(name: string, value: string, packet: Packet, lists: AddressLists): boolean {
  // Here each flag is negated for itself.
  if (name === "tcp-flags") return flagsMatch(value, packet);
  const negated = value.startsWith("!");
  const held = holds(name, negated ? value.slice(1) : value, packet, lists);
  return held === null ? false : held !== negated;
}

/** Null: nothing is known about it, so the rule matches neither as it is nor negated. */
function holds(name: string, value: string, packet: Packet, lists: AddressLists): boolean | null {
  const { srcAddress, srcPort = EPHEMERAL_PORT } = packet;
  const { inInterface = "bridge", outInterface = "ether1" } = packet;
  switch (name) {
    case "protocol":
      return value === packet.protocol || value === "6";
    case "dst-address":
      return inPrefix(packet.dstAddress, value);
    case "src-address":
      return srcAddress === undefined ? null : inPrefix(srcAddress, value);
    case "dst-address-list":
      return lists.holds(value, packet.dstAddress);
    case "src-address-list":
      return srcAddress === undefined ? null : lists.holds(value, srcAddress);
    case "dst-port":
      return portIn(packet.dstPort, value);
    case "src-port":
      return portIn(srcPort, value);
    case "port":
      return portIn(srcPort, value) || portIn(packet.dstPort, value);
    case "connection-state":
      return value.split(",").includes(connectionState(packet));
    case "in-interface":
      return inInterface === value;
    case "out-interface":
      return outInterface === value;
    case "in-interface-list":
      return value === "all" || INTERFACE_LISTS[value]?.includes(inInterface) === true;
    case "out-interface-list":
      return value === "all" || INTERFACE_LISTS[value]?.includes(outInterface) === true;
    default:
      return null;
  }
}

function connectionState({ connection, syn, ack }: Packet): string {
  return connection ?? (syn && !ack ? "new" : "established");
}

function inPrefix(address: string, prefix: string): boolean {
  const at = ipaddr.parse(address);
  const bits = at.kind() === "ipv4" ? 32 : 128;
  const [network, length] = ipaddr.parseCIDR(prefix.includes("/") ? prefix : `${prefix}/${bits}`);
  return at.kind() === network.kind() && at.match(network, length);
}

function portIn(port: number, ranges: string): boolean {
  return ranges.split(",").some((range) => {
    const [from, to] = range.split("-");
    return port >= Number(from) && port <= Number(to ?? from);
  });
}

function flagsMatch(value: string, packet: Packet): boolean {
  const set: readonly string[] = FLAGS.filter((flag) => packet[flag] === true);
  return value
    .split(",")
    .every((flag) => (flag.startsWith("!") ? !set.includes(flag.slice(1)) : set.includes(flag)));
}
