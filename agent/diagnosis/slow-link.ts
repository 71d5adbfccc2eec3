// A lookup timed out: is it the resolver, or is the whole link in trouble? Pure.
import type { Family, Round } from "../../src/protocol/round.ts";
import { hostFamily } from "./family-state.ts";

/** True where a lost answer of the resolver is one loss among many. */
export function silenceIsNoProof(round: Round): boolean {
  return answersAreSlow(round) || nothingWorks(round);
}

/** A SYN that is answered after this long was not held up by TLS: the link itself is slow. */
const SLOW_TCP_MS = 1_000;

/**
 * The round ended before tries that were on their way over a slow link. They prove nothing, and a round
 * that waits longer may tell; a stall after a quick TCP is none of them.
 */
export function wasCutShort({ readings }: Round): boolean {
  return readings.some(
    ({ outcome, reached, ms }) =>
      outcome === "unknown" && reached !== "nothing" && (ms.tcp ?? 0) >= SLOW_TCP_MS,
  );
}

/** Connections queue behind each other: one took so long, and another less than half of that. */
export function isFull(round: Round, family: Family): boolean {
  const times = [...round.readings, ...round.smallHello]
    .filter((one) => one.family === family && one.reached !== "nothing")
    .flatMap(({ ms }) => ms.tcp ?? []);
  const slowest = Math.max(...times);
  return slowest >= SLOW_TCP_MS && slowest > 2 * Math.min(...times);
}

/** A resolver answers from the neighbourhood in milliseconds, after a lost packet in seconds. */
const SLOW_ANSWER_MS = 1_000;

/** What the resolver did answer took so long that the rest may be on its way: a link that is full. */
function answersAreSlow({ lookups }: Round): boolean {
  const times = lookups
    .filter(({ source, outcome }) => source === "dns" && outcome !== "timeout")
    .map(({ ms }) => ms)
    .toSorted((one, other) => one - other);
  return (times[Math.floor(times.length / 2)] ?? 0) >= SLOW_ANSWER_MS;
}

/** What did resolve answers nowhere in every try: then a lost lookup is one loss among many. */
function nothingWorks(round: Round): boolean {
  const hosts = new Set(round.readings.map(({ host }) => host));
  return hosts.size > 0 && [...hosts].every((host) => hostFamily(round, host, "v4").state !== "ok");
}
