// A node or a router that has lost a family, or has it in another way.
import { DNS, HUB_PREFIX } from "../addresses.ts";
import { tlsStalls, type Change, type Fault } from "./fault.ts";

function change(place: Change["place"], run: string, undo: string): Change {
  return { place, run: run.split(" "), undo: undo.split(" ") };
}

/** The kernel takes an address's routes with it: the default route goes first and comes back last. */
const NODE_WITHOUT_IPV6 = [
  change(
    "node",
    "ip -6 route del default via 2001:db8:10::1",
    "ip -6 route add default via 2001:db8:10::1",
  ),
  change(
    "node",
    "ip addr del 2001:db8:10::2/64 dev eth0",
    "ip addr add 2001:db8:10::2/64 dev eth0 nodad",
  ),
];

const NODE_WITHOUT_IPV4 = [
  change("node", "ip route del default via 10.10.0.1", "ip route add default via 10.10.0.1"),
  change("node", "ip addr del 10.10.0.2/24 dev eth0", "ip addr add 10.10.0.2/24 dev eth0"),
];

/** IPv6 by a unique local address alone: RFC 6724 then prefers IPv4. */
const NODE_WITH_ULA = [
  ...NODE_WITHOUT_IPV6,
  change("rtr", "ip addr add fd00:10::1/64 dev lan nodad", "ip addr del fd00:10::1/64 dev lan"),
  change("node", "ip addr add fd00:10::2/64 dev eth0 nodad", "ip addr del fd00:10::2/64 dev eth0"),
  change(
    "node",
    "ip -6 route add default via fd00:10::1",
    "ip -6 route del default via fd00:10::1",
  ),
];

const hub = tlsStalls(HUB_PREFIX);

export const FAMILIES = {
  /** The node has no IPv6. */
  j: { changes: NODE_WITHOUT_IPV6 },
  /** The router has no way out over IPv6. */
  jr: {
    changes: [
      change(
        "rtr",
        "ip -6 route del default via 2001:db8:20::2",
        "ip -6 route add default via 2001:db8:20::2",
      ),
    ],
  },
  /** The node has no IPv4, and the hub's TLS stalls. */
  "no-v4-a1": { nft: hub, changes: NODE_WITHOUT_IPV4, resolver: DNS.v6 },
  "ula-a1": { nft: hub, changes: NODE_WITH_ULA },
} as const satisfies Record<string, Fault>;
