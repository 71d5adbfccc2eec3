// When the kubelet tries again by itself: pkg/kubelet/kubelet.go imageBackOffPeriod and
// MaxImageBackOff; no jitter.
import type { PullMessage } from "../ports/cluster.ts";

const FIRST_MS = 10_000;
const MAX_MS = 300_000;
/** The pod worker looks again 10 to 15 s after an error; an entry later than that is out of date. */
const RESYNC_MS = 15_000;

/** The pause after so many failures in a row: 10, 20, 40, 80, 160, 300, 300 … seconds. */
export function backOffMs(failures: number): number {
  return Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(20, Math.max(0, failures - 1)));
}

/** A failed pull as events count it. */
export type FailureEvent = PullMessage & { readonly count: number };

/**
 * The end of the back-off that the events tell of, ms since the epoch. Null if they do not say when
 * the last pull failed, or if that back-off is over for long: then newer failures left no event.
 */
export function retriesAt(failures: readonly FailureEvent[], now: number): number | null {
  const times = failures.flatMap(({ lastAt }) => (lastAt === null ? [] : [lastAt]));
  if (times.length === 0) return null;
  const count = failures.reduce((sum, failure) => sum + failure.count, 0);
  const at = Math.max(...times) + backOffMs(count);
  return at + RESYNC_MS < now ? null : at;
}
