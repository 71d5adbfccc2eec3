// A packet of the simulated site and what the router does with it: the words that the path
// (test/sim/network) and the router (test/sim/routeros) share.

/** A TCP packet from the home network (list LAN, `bridge`) to the Internet (WAN, `ether1`). */
export type Packet = {
  readonly chain: "forward";
  readonly family: "v6";
  readonly dstAddress: string;
  readonly dstPort: number;
  readonly protocol: "tcp";
  readonly syn: boolean;
  readonly ack: boolean;
  readonly srcPort?: number;
};

/** `with` is RouterOS' `reject-with`. */
export type Verdict =
  | { readonly verdict: "accept" }
  | { readonly verdict: "reject"; readonly with: string }
  | { readonly verdict: "drop" };

export type Firewall = (packet: Packet) => Verdict;
