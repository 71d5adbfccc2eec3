// What the small ClientHello says where the usual one stalls. Pure.
import type { Family, Round } from "../../src/protocol/round.ts";

/**
 * `lost`: the small one gets through, and nothing at all came back to a usual one. `late`: the small
 * one gets through, but a part of an answer to a usual one came back too, so the server has read it:
 * the link is slow. `unknown`: the small one does not get through either.
 */
export type LargePackets = "lost" | "late" | "unknown";

/** About hosts where every usual ClientHello stalls over this family. */
export function largePacketsTo(
  hosts: readonly string[],
  round: Round,
  family: Family,
): LargePackets {
  const small = round.smallHello.some(
    (one) => one.family === family && hosts.includes(one.host) && hasTls(one),
  );
  if (!small) return "unknown";
  return round.readings.some((one) => one.family === family && (one.bytesBack ?? 0) > 0)
    ? "late"
    : "lost";
}

function hasTls({ reached }: Round["smallHello"][number]): boolean {
  return reached === "tls" || reached === "http";
}
