// What was measured long ago proves nothing about now (docs/design.md section 8, promise 2). Pure.
import { inSeconds } from "../../src/shown/duration.ts";

/** Probes older than this allow neither a rule nor a restart. */
export const FRESH_MS = 120_000;

/** In words why probes of `at` prove nothing now, both ms since the epoch; null: they do. */
export function staleness(at: number, now: number): string | null {
  const ageMs = now - at;
  if (ageMs < 0) return "the clock was set back since the probes, so nobody knows how old they are";
  return ageMs > FRESH_MS ? `the probes are ${inSeconds(ageMs)} old` : null;
}
