// What a slow link did not let end: a lookup that timed out, tries that the round cut. Pure.
import type { Family, Reading, Round } from "../../src/protocol/round.ts";
import { hostFamily, stateOf, type FamilyState } from "./family-state.ts";

/** True where a lost answer of the resolver is one loss among many. */
export function silenceIsNoProof(round: Round): boolean {
  return answersAreSlow(round) || nothingWorks(round);
}

/**
 * A SYN that is answered after this long was not held up by TLS: the link itself is slow, and two of an
 * address's three tries may not have had the whole of TLS's limit before the round ended.
 */
const SLOW_TCP_MS = 700;

/**
 * The round ended before tries that were on their way over a slow link. They prove nothing, and a round
 * that waits longer may tell; a stall after a quick TCP is none of them.
 */
export function wasCutShort(round: Round): boolean {
  const tries = round.readings.some(
    ({ outcome, reached, ms }) =>
      outcome === "unknown" && reached !== "nothing" && (ms.tcp ?? 0) >= SLOW_TCP_MS,
  );
  return round.patient !== true && (tries || quotaWasOnItsWay(round));
}

/** TLS and HTTP take two round trips at most: what was cut after fewer than five did not stand still. */
const ROUND_TRIPS = 5;
/** For the quota names are looked up, and two servers are spoken to: eight round trips or more. */
const SLOW_FOR_QUOTA_MS = 1_000;

/**
 * What IPv4 showed at a host in a round that a later one repeats with patience. A try that a hasty round
 * cut while it was on its way measured nothing, neither for nor against; null where none was left.
 */
export function ipv4Measured(round: Round, host: string): FamilyState | null {
  const { state, readings } = hostFamily(round, host, "v4");
  if (round.patient === true) return state;
  const whole = readings.filter((reading) => !wasOnItsWay(reading));
  if (whole.length === readings.length) return state;
  return whole.length === 0 ? null : stateOf(whole);
}

/** The same for the connections on which the quota was asked for. */
export function quotaWasOnItsWay({ patient, quota, readings }: Round): boolean {
  if (patient === true || quota.state !== "unknown" || quota.cut !== true) return false;
  const tcp = readings
    .filter(({ host, family }) => host === quota.unanswered && family === "v4")
    .map(({ reached, ms }) => (reached === "nothing" ? 0 : (ms.tcp ?? 0)));
  return tcp.length > 0 && tcp.every((ms) => ms >= SLOW_FOR_QUOTA_MS);
}

function wasOnItsWay({ outcome, reached, ms }: Reading): boolean {
  if (outcome !== "unknown" || reached === "nothing") return false;
  const stage = (reached === "tcp" ? ms.tls : ms.http) ?? 0;
  return (ms.tcp ?? 0) >= SLOW_TCP_MS && stage < (ms.tcp ?? 0) * ROUND_TRIPS;
}

const QUEUED_TCP_MS = 1_000;

/** Connections queue behind each other: one took a second, and another less than half of the slowest. */
export function isFull(round: Round, family: Family): boolean {
  const times = [...round.readings, ...round.smallHello]
    .filter((one) => one.family === family && one.reached !== "nothing")
    .flatMap(({ ms }) => ms.tcp ?? []);
  const slowest = Math.max(...times);
  return slowest >= QUEUED_TCP_MS && slowest > 2 * Math.min(...times);
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
