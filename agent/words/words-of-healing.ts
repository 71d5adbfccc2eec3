// What a person reads about the path behind our rule. Pure.
import type { Healing } from "../../src/protocol/calls.ts";
import type { Reading } from "../../src/protocol/round.ts";

const HOUR_MS = 3_600_000;

/**
 * A temporary rule that nobody takes off is what people forget: from an age on it is said loudly, at
 * the start of what is said. Empty before.
 */
export function tooOld({ since }: Healing, now: number, maxAgeMs: number): string {
  const ageMs = now - since;
  if (ageMs < maxAgeMs) return "";
  return `THE RULE HAS STOOD FOR ${Math.floor(ageMs / (24 * HOUR_MS))} DAYS AND IPV6 HAS NOT HEALED: look at the IPv6 path. `;
}

/** What a bad round showed. */
export function badRound(readings: readonly Reading[]): string {
  const bad = readings.filter(({ outcome }) => outcome !== "ok");
  return `IPv6 still fails behind the rule, in ${bad.length} of ${readings.length} tries.`;
}

/** How far a good round brings the path: how long it has been good, and what is left to go. */
export function goodRound({ goodRounds, neededRounds, neededMs }: Healing, now: number): string {
  const rounds = goodRounds.length + 1;
  const goodMs = now - (goodRounds[0] ?? now);
  const left = [
    ...(goodMs < neededMs ? [`${Math.ceil((neededMs - goodMs) / HOUR_MS)} h`] : []),
    ...(rounds < neededRounds ? [countRounds(neededRounds - rounds)] : []),
  ];
  const hours = Math.floor(goodMs / HOUR_MS);
  if (left.length === 0)
    return `IPv6 has answered every try behind the rule for ${hours} h, in ${countRounds(rounds)}.`;
  const first = goodRounds.length === 0 ? "now" : `${hours} h ago`;
  return `IPv6 answers every try behind the rule: first good round ${first}, ${left.join(" and ")} to go.`;
}

function countRounds(rounds: number): string {
  return `${rounds} good round${rounds === 1 ? "" : "s"}`;
}
