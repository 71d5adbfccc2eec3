// What can be changed at the lab's Internet, as one printable value.
import type { DnsMode } from "../../sim/network/dns-server.ts";
import type { Place as ZonePlace } from "../../sim/network/places.ts";

export type Steering = {
  readonly dns?: readonly {
    /** `*`: every host. */
    readonly host: string;
    readonly mode: DnsMode;
    /** Both if left out. */
    readonly type?: "A" | "AAAA";
  }[];
  /** Moves hosts in the zone. */
  readonly zone?: Readonly<Record<string, ZonePlace>>;
  /** Every answer of a host has this status. */
  readonly status?: Readonly<Record<string, number>>;
  /** Connections over IPv6 to these hosts wait this long before the server's first TLS byte. */
  readonly slowOverIpv6?: { readonly hosts: readonly string[]; readonly ms: number };
  /** The bytes of layers come this many milliseconds late, over both families. */
  readonly slowLayersMs?: number;
  /** These hosts show somebody else's certificate. */
  readonly wrongCertificate?: {
    readonly hosts: readonly string[];
    readonly families: readonly ("v4" | "v6")[];
  };
  /** Certificates and Date headers of a clock that is a year ahead. */
  readonly yearAhead?: boolean;
};

/** A request that reached a registry of the lab. `at` is milliseconds since the epoch. */
export type Served = {
  readonly family: "v4" | "v6";
  readonly address: string;
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly at: number;
};

export type InternetQuestion =
  | { readonly ask: "steer"; readonly steering: Steering }
  /** Back to how everything was at the start. */
  | { readonly ask: "reset" }
  | { readonly ask: "served" };
