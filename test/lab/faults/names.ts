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
} as const satisfies Record<string, Fault>;
