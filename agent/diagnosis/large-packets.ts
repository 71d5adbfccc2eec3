// What the small ClientHello says where the usual one stalls. Pure.
import type { Family, Round } from "../../src/protocol/round.ts";
import { hostFamily } from "./family-state.ts";
import { isFull } from "./slow-link.ts";

/**
 * `lost`: the small one gets through as it should. `late`: it gets through on a link so full that this
 * was luck, as all tries of a round share it. `unknown`: the small one does not get through either.
 */
export type LargePackets = "lost" | "late" | "unknown";

/** About hosts where every usual ClientHello stalls over this family. */
export function largePacketsTo(
  hosts: readonly string[],
  round: Round,
  family: Family,
): LargePackets {
  const small = round.smallHello.filter(
    (one) => one.family === family && hosts.includes(one.host) && hasTls(one),
  );
  if (small.length === 0) return "unknown";
  const quick = small.some(({ ms }) => (ms.tls ?? 0) < SLOW_TLS_MS);
  return quick && !isFull(round, family) ? "lost" : "late";
}

/** A quarter of what clients wait for TLS (10 s: Go, net/http). */
const SLOW_TLS_MS = 2_500;

function hasTls({ reached }: Round["smallHello"][number]): boolean {
  return reached === "tls" || reached === "http";
}

/** Over which families the path to this host loses large packets: here, or at a host where TLS stalls too. */
export function familiesThatLose(round: Round, host: string): Family[] {
  const stalls = (at: string, family: Family): boolean =>
    hostFamily(round, at, family).state === "post";
  return (["v6", "v4"] as const).filter(
    (family) =>
      stalls(host, family) &&
      round.lookups.some(
        (lookup) =>
          stalls(lookup.host, family) && largePacketsTo([lookup.host], round, family) === "lost",
      ),
  );
}
