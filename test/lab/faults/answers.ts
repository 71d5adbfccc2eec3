// A path without fault to registries that say something else.
import { HUB_HOSTS } from "../addresses.ts";
import type { Fault } from "./fault.ts";

function registrySays(status: number): Fault {
  return { steering: { status: { "registry-1.docker.io": status } } };
}

export const ANSWERS = {
  i429: registrySays(429),
  i503: registrySays(503),
  "cert-both": { steering: { wrongCertificate: { hosts: HUB_HOSTS, families: ["v4", "v6"] } } },
  /** Every server's clock, or the node's own, is wrong by a year. */
  clock: { steering: { yearAhead: true } },
  /** No fault to a client: a pull takes a while. */
  "slow-layers": { steering: { slowLayersMs: 8_000 } },
} as const satisfies Record<string, Fault>;
