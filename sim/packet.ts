// A packet of the simulated site and what the router does with it: the words that the path
// (sim/network) and the router (sim/routeros) share.

/** A TCP packet from the home network (list LAN, `bridge`) to the Internet (WAN, `ether1`). */
export type Packet = {
  readonly chain: "forward";
  readonly family: "v4" | "v6";
  readonly dstAddress: string;
  readonly dstPort: number;
  readonly protocol: "tcp";
  readonly syn: boolean;
  readonly ack: boolean;
  readonly srcPort?: number;
  readonly srcAddress?: string;
  /** Flags that are seldom of interest; left out: not set. */
  readonly fin?: boolean;
  readonly rst?: boolean;
  readonly psh?: boolean;
  /** Left out: `bridge`. */
  readonly inInterface?: string;
  /** Left out: `ether1`. */
  readonly outInterface?: string;
  /** What connection tracking says; left out: a lone SYN is new, all else established. */
  readonly connection?: "new" | "established" | "related" | "invalid" | "untracked";
  /** Of a connection that FastTrack carries: it passes the filter by. */
  readonly fastTracked?: boolean;
};

/** `with` is RouterOS' `reject-with`. */
export type Verdict =
  /** `mss`: of a SYN, what the far side is told; left out: what the sender said. */
  | { readonly verdict: "accept"; readonly mss?: number }
  | { readonly verdict: "reject"; readonly with: string }
  | { readonly verdict: "drop" };

export type Firewall = (packet: Packet) => Verdict;
