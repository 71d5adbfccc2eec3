// One notification's effect: resolved alerts are remembered, live ones become one signal, and a
// firing alert that had already ended (a late retry, a second peer) counts as stale.
import { isBeyond } from "../jobs/clock-step.ts";
import type { ClusterState } from "./cluster-state.ts";
import { countIgnored } from "./ignored.ts";
import { mergeTargets } from "../jobs/merge-targets.ts";
import type { Result } from "../jobs/result.ts";
import type { Episode, Resolved, Signal } from "../jobs/signal.ts";
import type { Store } from "./store/store.ts";
import { takeSignal } from "./take-signal.ts";

export type AlertsTaken = {
  jobs: string[];
  /** Alerts, not pods. */
  stale: number;
  /** Pods, and alerts without one, that a hold without end let nobody work on. */
  recorded: number;
};

export type Notified = {
  readonly signal: Signal | null;
  readonly resolved: readonly Resolved[];
  /** Alerts that led to nothing, by cause. */
  readonly ignored: Readonly<Record<string, number>>;
};

/** Alertmanager does not promise an order: a `firing` may arrive after its `resolved`. */
export function takeAlerts(
  cluster: ClusterState,
  { signal, resolved, ignored }: Notified,
  now: number,
): Result<AlertsTaken> {
  const { store } = cluster;
  const { targets: named = [], looks = [] } = signal ?? {};
  const live = named.filter(({ episode }) => !isStale(store, episode, now));
  const liveLooks = looks.filter((episode) => !isStale(store, episode, now));
  const stale = named.length + looks.length - live.length - liveLooks.length;
  countIgnored(store, stale === 0 ? ignored : { ...ignored, stale }, now);
  recordEnds(store, resolved, now);
  const targets = mergeTargets(live);
  const nothing = { jobs: [], stale, recorded: 0 };
  if (signal === null || targets.length + liveLooks.length === 0)
    return { ok: true, value: nothing };
  const taken = takeSignal(cluster, { ...signal, targets }, now);
  if (!taken.ok) return taken;
  return taken.value === null
    ? { ok: true, value: { ...nothing, recorded: targets.length + liveLooks.length } }
    : { ok: true, value: { ...nothing, jobs: [taken.value.id] } };
}

/** An end in the future has not been: as sent, it would silence the alert until then. */
function recordEnds(store: Store, resolved: readonly Resolved[], now: number): void {
  const news = resolved
    .map(({ fingerprint, endsAt }) => ({ fingerprint, endsAt: Math.min(endsAt, now) }))
    .filter(({ fingerprint, endsAt }) => (endedAt(store, fingerprint, now) ?? 0) < endsAt);
  store.resolved.save(news);
}

/** Null if it is not known to have ended, or only by a clock that has been set back since. */
function endedAt(store: Store, fingerprint: string, now: number): number | null {
  const at = store.resolved.at(fingerprint);
  return at === null || isBeyond(at, 0, now) ? null : at;
}

function isStale(store: Store, episode: Episode, now: number): boolean {
  if (episode === null || episode.fingerprint === null) return false;
  const ended = endedAt(store, episode.fingerprint, now);
  return ended !== null && ended >= Date.parse(episode.startsAt);
}
