// Whether the loop turns and the Worker answers: what /healthz and /readyz say.

import { inSeconds } from "../../src/shown/duration.ts";

export type Pulse = {
  /** The loop went round. */
  turned(): void;
  /** The Worker answered a poll. */
  polled(): void;
  /** Why the loop does not turn, or null. */
  stuck(): string | null;
  /** Why no job gets here, or null. */
  unready(): string | null;
};

/**
 * A poll comes at least every six minutes or so, a stage of a job ends within the longest watch; three
 * polls that are missed mean that no job gets here.
 */
const TOO_LONG_MS = 20 * 60_000;

/** `now` in ms. A loop that has just started turns. */
export function openPulse(now: () => number): Pulse {
  let turnedAt = now();
  let polledAt: number | null = null;
  return {
    turned: () => void (turnedAt = now()),
    polled: () => void (polledAt = now()),
    stuck() {
      const age = now() - turnedAt;
      return age > TOO_LONG_MS ? `the loop has not turned for ${inSeconds(age)}` : null;
    },
    unready() {
      if (polledAt === null) return "the Worker has not answered yet";
      const age = now() - polledAt;
      return age > TOO_LONG_MS ? `the Worker last answered ${inSeconds(age)} ago` : null;
    },
  };
}
