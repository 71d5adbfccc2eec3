// What came in as an alert and led to nothing, counted by cause: a rule that no longer fits is seen here.
import * as z from "zod/mini";
import type { Store } from "./store/store.ts";

/** `since` and `at`, the newest one: ms since the epoch. */
const Ignored = z.object({
  since: z.number(),
  at: z.number(),
  causes: z.record(z.string(), z.number()),
});
export type Ignored = z.infer<typeof Ignored>;

/** After this the count starts anew: what was mended long ago is no news. */
const COUNTED_MS = 30 * 86_400_000;

/** One row for a notification that holds such alerts, none for any other. */
export function countIgnored(
  store: Store,
  causes: Readonly<Record<string, number>>,
  now: number,
): void {
  if (Object.keys(causes).length === 0) return;
  const before = ignoredAlerts(store, now) ?? { since: now, causes: {} };
  const sums = { ...before.causes };
  for (const [cause, count] of Object.entries(causes)) sums[cause] = (sums[cause] ?? 0) + count;
  store.facts.save("ignored", { since: before.since, at: now, causes: sums });
}

/** The alerts that were ignored in the last thirty days; null: none. */
export function ignoredAlerts(store: Store, now: number): Ignored | null {
  const found = store.facts.read("ignored", Ignored, () => null);
  return found === null || now - found.since > COUNTED_MS ? null : found;
}
