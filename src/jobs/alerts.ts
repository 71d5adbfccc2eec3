// One notification's effect: resolved alerts are remembered, live ones become one signal, and a
// firing alert that had already ended (a late retry, a second peer) counts as stale.
import { isBeyond } from "./clock-step.ts";
import type { Ledger } from "../cluster/ledger.ts";
import { mergeTargets } from "./merge-targets.ts";
import type { Settled } from "./settled.ts";
import type { Resolved, Signal, Target } from "./signal.ts";
import type { Store } from "../cluster/store.ts";

export type AlertsTaken = {
  jobs: string[];
  /** Alerts, not pods. */
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
): Settled<AlertsTaken> {
  const { signal, resolved } = notification;
  const live = signal?.targets.filter((target) => !isStale(store, target, now)) ?? [];
  const stale = (signal?.targets.length ?? 0) - live.length;
  recordEnds(store, resolved, now);
  const targets = mergeTargets(live);
  const nothing = { jobs: [], stale, recorded: 0 };
  if (signal === null || targets.length === 0) return { ok: true, value: nothing };
  const taken = ledger.take({ ...signal, targets }, now);
  if (!taken.ok) return taken;
  return taken.value === null
    ? { ok: true, value: { ...nothing, recorded: targets.length } }
    : { ok: true, value: { ...nothing, jobs: [taken.value.id] } };
}

/** An end in the future has not been: as sent, it would silence the alert until then. */
function recordEnds(store: Store, resolved: readonly Resolved[], now: number): void {
  const news = resolved
    .map(({ fingerprint, endsAt }) => ({ fingerprint, endsAt: Math.min(endsAt, now) }))
    .filter(({ fingerprint, endsAt }) => (endedAt(store, fingerprint, now) ?? 0) < endsAt);
  store.resolve(news);
}

/** Null if it is not known to have ended, or only by a clock that has been set back since. */
function endedAt(store: Store, fingerprint: string, now: number): number | null {
  const at = store.resolvedAt(fingerprint);
  return at === null || isBeyond(at, 0, now) ? null : at;
}

function isStale(store: Store, target: Target, now: number): boolean {
  if (target.episode === null || target.episode.fingerprint === null) return false;
  const ended = endedAt(store, target.episode.fingerprint, now);
  return ended !== null && ended >= Date.parse(target.episode.startsAt);
}
