// One notification's effect: resolved alerts are remembered, live ones become one signal, and a
// firing alert that had already ended (a late retry, a second peer) counts as stale.
import type { Ledger } from "./ledger.ts";
import type { Resolved, Signal, Target } from "./signal.ts";
import type { Store } from "./store.ts";

export type AlertsTaken = {
  jobs: string[];
  stale: number;
  /** Targets that a hold without end let nobody work on. */
  recorded: number;
};

/** Alertmanager does not promise an order: a `firing` may arrive after its `resolved`. */
export function takeAlerts(
  store: Store,
  ledger: Ledger,
  notification: { readonly signal: Signal | null; readonly resolved: readonly Resolved[] },
  now: number,
): AlertsTaken {
  const { signal, resolved } = notification;
  const live = signal?.targets.filter((target) => !isStale(store, target)) ?? [];
  const stale = (signal?.targets.length ?? 0) - live.length;
  for (const { fingerprint, endsAt } of resolved)
    if ((store.resolvedAt(fingerprint) ?? 0) < endsAt) store.resolve(fingerprint, endsAt);
  if (signal === null || live.length === 0) return { jobs: [], stale, recorded: 0 };
  const job = ledger.take({ ...signal, targets: live }, now);
  return job === null
    ? { jobs: [], stale, recorded: live.length }
    : { jobs: [job.id], stale, recorded: 0 };
}

function isStale(store: Store, target: Target): boolean {
  if (target.episode === null || target.episode.fingerprint === null) return false;
  const endedAt = store.resolvedAt(target.episode.fingerprint);
  return endedAt !== null && endedAt >= Date.parse(target.episode.startsAt);
}
