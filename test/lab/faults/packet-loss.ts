// Packets that do not arrive: large ones, some of them, the first of a connection, all of them.
import { addressesOf, HUB_HOSTS, HUB_PREFIX } from "../addresses.ts";
import { nftSet, rule, type Change, type Fault } from "./fault.ts";

const hubV4 = nftSet(addressesOf(HUB_HOSTS, "v4"));

/** Packets above 1,280 bytes vanish on one side of the router, and nobody is told. */
function mtuHole(side: "lan" | "wan"): Fault {
  const mtu = (bytes: number): string[] => ["sysctl", "-qw", `net.ipv6.conf.${side}.mtu=${bytes}`];
  return {
    nft: ["add rule inet fault output icmpv6 type packet-too-big drop"],
    changes: [{ place: "rtr", run: mtu(1_280), undo: mtu(1_500) }],
  };
}

const SLOW_LINK: Change = {
  place: "rtr",
  run: "tc qdisc add dev lan root tbf rate 16kbit burst 1600 latency 5s".split(" "),
  undo: "tc qdisc del dev lan root".split(" "),
};

const FIRST_SYN_LOST = [
  "add set inet fault seen { type ipv6_addr . inet_service; flags dynamic,timeout; timeout 30s; }",
  rule(
    `ip6 daddr ${HUB_PREFIX} tcp dport 443 tcp flags & (syn|ack) == syn ip6 saddr . tcp sport != @seen add @seen { ip6 saddr . tcp sport } drop`,
  ),
];

export const PACKET_LOSS = {
  /** Towards the node. */
  a2: mtuHole("lan"),
  /** Towards the registries. */
  a2w: mtuHole("wan"),
  /** No TCP over IPv6 to the hub. */
  b: { nft: [rule(`ip6 daddr ${HUB_PREFIX} tcp dport 443 drop`)] },
  c: { nft: [rule(`ip6 daddr ${HUB_PREFIX} tcp dport 443 reject with tcp reset`)] },
  /** Nothing reaches any registry. */
  d: { nft: [rule("tcp dport 443 drop")] },
  /** The hub is dead in both families. */
  e: {
    nft: [
      rule(`ip6 daddr ${HUB_PREFIX} tcp dport 443 drop`),
      rule(`ip daddr ${hubV4} tcp dport 443 drop`),
    ],
  },
  "v4-dead": { nft: [rule("meta nfproto ipv4 tcp dport 443 drop")] },
  /** One packet in five, each way, over IPv6. */
  g2: {
    nft: ["dport", "sport"].map((port) =>
      rule(`meta nfproto ipv6 tcp ${port} 443 numgen random mod 100 < 20 drop`),
    ),
  },
  g3: { nft: FIRST_SYN_LOST },
  /** A link of 16 kbit/s towards the node, both families. */
  g4: { changes: [SLOW_LINK] },
} as const satisfies Record<string, Fault>;
