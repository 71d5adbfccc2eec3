// When a call is tried again, and after which pause. One rule for the Worker, its doorbell and the
// API server; the router has its own, as its answers need a new connection first.

export type Backoff = {
  /** The pause after the first failure, ms; doubled with each in a row. */
  readonly firstMs: number;
  /** No pause of our own is longer, ms. */
  readonly mostMs: number;
  /** None that the other side asks for is longer, ms: it may not silence us for a day. */
  readonly mostAskedMs: number;
};

/** A failed try. `failures`: how many in a row before it. */
export type Failed = {
  readonly failures: number;
  /** Between 0 and 1: how much of the jitter is left on; 1 for none. */
  readonly random: number;
  /** `Retry-After`, ms; null where the other side did not say. */
  readonly retryAfterMs?: number | null;
};

/**
 * How long to wait, ms: as the other side says, else doubled and cut by chance to between half and
 * the whole, so that many agents do not come back at the same moment.
 */
export function pauseMs(
  { firstMs, mostMs, mostAskedMs }: Backoff,
  { failures, random, retryAfterMs = null }: Failed,
): number {
  if (retryAfterMs !== null) return Math.min(mostAskedMs, Math.max(0, retryAfterMs));
  return Math.min(mostMs, firstMs * 2 ** failures) * (0.5 + random / 2);
}

/** The same request may be answered later: 408, 423, 425, 429 and every 5xx. */
export function isRetryable(status: number): boolean {
  return [408, 423, 425, 429].includes(status) || status >= 500;
}

/** A `Date` header in ms since the epoch; null if there is none that can be read. */
export function dateIn(header: string | undefined): number | null {
  const at = Date.parse(header ?? "");
  return Number.isNaN(at) ? null : at;
}

/** `Retry-After` in ms: whole seconds, or a date (RFC 9110, section 10.2.3); null if it is neither. */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  if (header === undefined || header.trim() === "") return null;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1_000;
  const at = /^[A-Z][a-z]{2}/.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
