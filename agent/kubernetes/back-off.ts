// When the kubelet tries again by itself: pkg/kubelet/kubelet.go imageBackOffPeriod and
// MaxImageBackOff; no jitter.

const FIRST_MS = 10_000;
const MAX_MS = 300_000;
/** The pod worker looks again 10 to 15 s after an error; an entry later than that is out of date. */
const RESYNC_MS = 15_000;

/** The pause after so many failures in a row: 10, 20, 40, 80, 160, 300, 300 … seconds. */
export function backOffMs(failures: number): number {
  return Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(20, Math.max(0, failures - 1)));
}

/**
 * The end of the back-off that the events tell of, ms since the epoch. Null if they do not say when
 * the last pull failed, or if that back-off is over for long: then newer failures left no event.
 */
export function retriesAt(
  { lastAt, count }: { readonly lastAt: number | null; readonly count: number },
  now: number,
): number | null {
  if (lastAt === null) return null;
  const at = lastAt + backOffMs(count);
  return at + RESYNC_MS < now ? null : at;
}
