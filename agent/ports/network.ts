// The network as the core needs it; agent/probe is the adapter.
import type { Family, Reading, Round } from "../../src/protocol/round.ts";

export type ProbeTarget = {
  readonly host: string;
  readonly role: Reading["role"];
  /** `lookup`: nothing is sent to the host, only its addresses are asked for. */
  readonly only?: "lookup";
};

/** Something that must stay reachable while the rule stands: Worker, API server, router, resolver. */
export type Lifeline = {
  readonly what: string;
  readonly host: string;
  readonly v6: readonly string[];
  /** The lookup of its IPv6 addresses failed: nobody knows where it is. */
  readonly v6Unknown?: true;
  /** An IPv4 connection to it was opened just now. */
  readonly v4Works: boolean;
};

/** An address that a lookup of this host gave. */
export type HostAddress = { readonly host: string; readonly address: string };

export type Verified = {
  /** One per address that failed before: after the rule it must not answer any more. */
  readonly blocked: readonly {
    readonly host: string;
    readonly address: string;
    readonly blocked: boolean;
    readonly ms: number;
    readonly detail: string;
  }[];
  /** Dials as the image client does (both families race on TCP, then TLS). */
  readonly dials: readonly Reading[];
  readonly controls: readonly Reading[];
};

export interface Network {
  /**
   * One round at all targets at once; ends one TLS limit plus a second after it starts. `patient`: it
   * waits for each try until TCP, TLS and HTTP have had their own limits in full.
   */
  probe(targets: readonly ProbeTarget[], how?: { readonly patient: boolean }): Promise<Round>;
  /** The second look, after a rule: is it in the way of IPv6, and do clients get through? */
  verify(request: {
    readonly blocked: readonly { readonly host: string; readonly address: string }[];
    readonly hosts: readonly string[];
    readonly controls: readonly string[];
  }): Promise<Verified>;
  /** IPv6 of these hosts from the source ports that the rule leaves out; empty without an address. */
  throughTestPorts(hosts: readonly string[]): Promise<readonly Reading[]>;
  /** One try at each host over IPv4: the readings of those that do not answer as they should. */
  failingOverIpv4(hosts: readonly string[]): Promise<readonly Reading[]>;
  /** The IPv6 addresses that the resolvers give for these hosts now. Left out: it can't look. */
  ipv6Addresses?(hosts: readonly string[]): Promise<readonly HostAddress[]>;
  /** Where the Worker, the API server, the router and the resolvers are. */
  lifelines(): Promise<readonly Lifeline[]>;
  /** Worker, API server and router, in words, as far as they answer over this family now. */
  reachedOver?(family: Family): Promise<readonly string[]>;
}
