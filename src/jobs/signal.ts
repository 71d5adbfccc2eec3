// A signal: one reason to look at a cluster. A hint, never a fact; it neither widens nor narrows
// what the agent does. Each way in (src/alertmanager, src/slack, src/manual) turns its own format into these.
import type { JobKind, Origin, Scope } from "../protocol/job.ts";

/**
 * One episode of an alert: `startsAt` as sent, so that a replay is recognised. Null where the sender
 * does not say when it began.
 */
export type Episode = { readonly fingerprint: string | null; readonly startsAt: string } | null;

/** A pod that an alert names. Kept so that a person can see why a job exists. */
export type Target = {
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string | null;
  readonly container: string | null;
  readonly reason: string | null;
  /** Null for a person. */
  readonly episode: Episode;
  /** The alert did not say that an image pull fails; the agent's first look decides. */
  readonly unverified: boolean;
};

export type Signal = {
  readonly kind: JobKind;
  readonly origin: Origin;
  readonly registry: string | null;
  /** Only of an undo; left out: `mine`. */
  readonly scope?: Scope;
  readonly targets: readonly Target[];
  /** Alerts of a pull that fails somewhere: they name no pod, and the agent looks for itself. */
  readonly looks?: readonly Episode[];
  /** How many alerts the sender cut off: the target list is incomplete by at least so many. */
  readonly truncatedAlerts: number;
};

/** "It stopped firing": recorded, nothing else. `endsAt` in milliseconds since the epoch. */
export type Resolved = { readonly fingerprint: string; readonly endsAt: number };
