// Does IPv6 fail now and then? Judged over all rounds of the job: a path that works for twenty
// seconds, and not for the next twenty, may show one round in which all is well. Pure.
import type { Reading, Round } from "../../src/protocol/round.ts";
import { addressStates, hostFamily, isAfterTcp } from "./family-state.ts";

/** Row 16: so many rounds in so short a time are enough to judge a fault that comes and goes. */
export const ROUNDS_FOR_PARTIAL = 3;
const PARTIAL_WITHIN_MS = 600_000;

/** TLS takes a few times as long as TCP did. So long, and so many times that, it stood still. */
const STOOD_STILL_MS = 1_000;
const STOOD_STILL_TIMES = 10;

/** Rounds of one job, oldest first; the newest is judged. */
type Rounds = readonly Round[];

/**
 * IPv4 is fine, and IPv6 answered some of its tries only, in the newest round or in the job so far:
 * more rounds may tell.
 */
export function comesAndGoes(rounds: Rounds, host: string): boolean {
  const round = rounds.at(-1);
  if (round === undefined || hostFamily(round, host, "v4").state !== "ok") return false;
  const v6 = hostFamily(round, host, "v6").state;
  return v6 === "mixed" || (v6 === "ok" && failedInHalf(rounds, host));
}

/** In some round of the job IPv6 failed after TCP in half of its tries. */
export function failedInHalf(rounds: Rounds, host: string): boolean {
  return within(rounds).some((round) => isHalf([round], host));
}

/** In three rounds every IPv6 try was answered, and each as late: a path that never comes is slow. */
export function alwaysStoodStill(rounds: Rounds, host: string): boolean {
  const recent = within(rounds);
  const tries = recent.flatMap((round) => hostFamily(round, host, "v6").readings);
  return recent.length >= ROUNDS_FOR_PARTIAL && tries.every(stoodStill);
}

/** One address fails after TCP in all its tries, or half of the tries of three rounds do. */
export function isPartial(rounds: Rounds, host: string, readings: readonly Reading[]): boolean {
  if ([...addressStates(readings).values()].includes("post")) return true;
  const recent = within(rounds);
  return recent.length >= ROUNDS_FOR_PARTIAL && isHalf(recent, host);
}

function within(rounds: Rounds): Rounds {
  const newest = rounds.at(-1)?.at ?? 0;
  return rounds.filter(({ at }) => newest - at <= PARTIAL_WITHIN_MS);
}

function isHalf(rounds: Rounds, host: string): boolean {
  const failed = rounds.map((round) => failures(round, host));
  const tries = rounds.flatMap((round) => hostFamily(round, host, "v6").readings);
  return tries.length > 0 && failed.flat().length * 2 >= tries.length;
}

/** Tries that failed after TCP; and stalls that ended in time, unless IPv4's TLS was as slow. */
function failures(round: Round, host: string): Reading[] {
  const slowest = Math.max(
    0,
    ...hostFamily(round, host, "v4").readings.map(({ ms }) => ms.tls ?? 0),
  );
  return hostFamily(round, host, "v6").readings.filter(
    (reading) =>
      isAfterTcp(reading) || (stoodStill(reading) && (reading.ms.tls ?? 0) > slowest * 2),
  );
}

/** TCP came up in milliseconds and TLS took seconds: that is a stall that ended, not a slow path. */
function stoodStill({ outcome, ms: { tcp = 0, tls = 0 } }: Reading): boolean {
  return outcome === "ok" && tls >= STOOD_STILL_MS && tls >= tcp * STOOD_STILL_TIMES;
}
