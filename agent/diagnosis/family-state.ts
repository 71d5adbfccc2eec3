// All tries at one host in one family → one word (docs/design.md section 5). Pure.
import type { Family, Lookup, Reading, Round } from "../../src/protocol/round.ts";
import { median } from "../../src/shown/median.ts";

/**
 * `none` no record, route or source; `pre` every try fails before TCP is up; `post` every try has
 * TCP, then TLS fails; `http` every try has TLS, then HTTP fails; `ok` every try; else `mixed`.
 */
export type FamilyState = "none" | "pre" | "post" | "http" | "ok" | "mixed";

export type HostFamily = {
  readonly state: FamilyState;
  readonly lookup: Lookup | null;
  readonly readings: readonly Reading[];
};

/** What a round says about one host in one family. A try that was cut off proves nothing. */
export function hostFamily(round: Round, host: string, family: Family): HostFamily {
  const lookup = round.lookups.find((l) => l.host === host && l.family === family) ?? null;
  const readings = round.readings.filter((r) => r.host === host && r.family === family);
  return { state: stateOf(readings), lookup, readings };
}

export function stateOf(readings: readonly Reading[]): FamilyState {
  if (readings.every((r) => r.outcome === "no-route")) return "none";
  if (readings.every((r) => r.outcome === "ok")) return "ok";
  const cut = readings.filter((r) => r.outcome === "unknown");
  const whole = readings.filter((r) => r.outcome !== "unknown");
  if (cut.length > 0)
    return cut.every((r) => r.reached === "tcp") && allPostTwice(whole, readings)
      ? "post"
      : "mixed";
  if (readings.some((r) => r.outcome === "ok")) return "mixed";
  // What failed for a reason of this process itself (no file, no buffer) is nobody's path.
  if (readings.every((r) => r.reached === "nothing" && r.outcome !== "failed")) return "pre";
  if (readings.every(isAfterTcp)) return "post";
  if (readings.every((r) => r.reached === "tls" || r.reached === "http")) return "http";
  return "mixed";
}

/**
 * A slow resolver lets the round end during the last try's TLS. That try proves nothing by itself,
 * and takes nothing from the two at the same address that were waited for in full.
 */
function allPostTwice(whole: readonly Reading[], all: readonly Reading[]): boolean {
  const addresses = new Set(all.map(({ address }) => address));
  const perAddress = Array.from(addresses, (address) => whole.filter((r) => r.address === address));
  return perAddress.every((tries) => tries.length >= 2 && stateOf(tries) === "post");
}

/** This try had TCP and then failed in TLS. */
export function isAfterTcp(reading: Reading): boolean {
  return reading.reached === "tcp" && isTlsFault(reading);
}

function isTlsFault(reading: Reading): boolean {
  return ["timeout", "reset", "certificate"].includes(reading.outcome);
}

/** The state of each address by itself: one bad address among good ones is its own finding. */
export function addressStates(readings: readonly Reading[]): ReadonlyMap<string, FamilyState> {
  const addresses = new Set(readings.map((reading) => reading.address));
  return new Map(
    Array.from(addresses, (address) => [
      address,
      stateOf(readings.filter((reading) => reading.address === address)),
    ]),
  );
}

/** Median of the whole time to an answer over the good tries, ms; null if none was good. */
export function medianMs(readings: readonly Reading[]): number | null {
  const good = readings.filter(({ outcome }) => outcome === "ok");
  return median(good.map(({ ms }) => (ms.tcp ?? 0) + (ms.tls ?? 0) + (ms.http ?? 0)));
}
