// Names that are not answered, or not as they should be.
import type { DnsMode } from "../../../sim/network/dns-server.ts";
import type { Fault } from "./fault.ts";

function everyName(mode: DnsMode, type?: "A" | "AAAA"): Fault {
  return { steering: { dns: [{ host: "*", mode, ...(type === undefined ? {} : { type }) }] } };
}

export const NAMES = {
  f1: everyName("drop"),
  f2: everyName("servfail"),
  f3: everyName("nodata", "AAAA"),
  f4: everyName("drop", "AAAA"),
  f5: everyName("servfail", "AAAA"),
  f6: everyName("nxdomain"),
  /** The registry's name leads to another network, where nobody answers. */
  poisoned: {
    steering: {
      zone: { "registry-1.docker.io": { a: ["198.51.100.7"], aaaa: ["2001:db8:dead::7"] } },
    },
  },
  /** A blocker on the resolver sinks the registry's name. */
  sunk: { steering: { zone: { "registry-1.docker.io": { a: ["0.0.0.0"], aaaa: ["::"] } } } },
} as const satisfies Record<string, Fault>;
