// Alertmanager's webhook body (version 4, and Grafana's like it) → one Signal. Read tolerantly and
// one alert at a time: the notification's own status says nothing about the alerts inside it.
import * as z from "zod/mini";
import type { Episode, Resolved, Signal, Target } from "../jobs/signal.ts";
import { type Cause, judge, Labels, readPod } from "./alert-target.ts";

// Unknown keys are allowed at both levels: Alertmanager 0.32 added one, Grafana has many. Of an
// alert only status and labels are needed; the rest is dropped when it does not read.
const Notification = z.looseObject({
  alerts: z.array(z.unknown()),
  /** Alertmanager repeats these in each alert; some relays do not. */
  commonLabels: z.catch(z.record(z.string(), z.unknown()), {}),
  truncatedAlerts: z.catch(z.int().check(z.minimum(0)), 0),
});
const time = z.catch(z.nullable(z.iso.datetime({ offset: true }).check(z.maxLength(64))), null);
const Alert = z.looseObject({
  status: z.enum(["firing", "resolved"]),
  labels: Labels,
  startsAt: time,
  endsAt: time,
  fingerprint: z.catch(z.nullable(z.string().check(z.minLength(1), z.maxLength(100))), null),
});
type Alert = z.infer<typeof Alert>;
const OwnLabels = z.looseObject({ labels: z.optional(z.record(z.string(), z.unknown())) });

/** What a notification says. Each of its alerts is counted once: accepted, resolved or ignored. */
export type AlertNotification = {
  /**
   * One target an alert: which of them had ended is judged before they are joined by pod. Null if no
   * alert spoke of a failing pull.
   */
  readonly signal: Signal | null;
  readonly resolved: readonly Resolved[];
  /** Firing alerts that led to the signal; several may name one pod, others none. */
  readonly accepted: number;
  readonly ignored: Readonly<Partial<Record<Cause, number>>>;
  /** How many alerts the sender itself cut off (`max_alerts`), or we did. */
  readonly truncatedAlerts: number;
};

/** Far above any group that was seen (1,500); 4 MiB could hold a million empty alerts. */
const ALERTS_READ = 10_000;
/** Each is one row, and 5,000 are kept. */
const RESOLVED_READ = 1_000;

export const ALERT_PUSH =
  "this is Prometheus' or vmalert's alert push; point it at an Alertmanager, and that one here";
const COMMON_SCHEMA =
  "this is Azure Monitor's common alert schema, which is not supported; send Alertmanager's webhook, or ask for a job with POST /v1/jobs";
const NOT_A_NOTIFICATION =
  'no "alerts" array: not Alertmanager\'s standard webhook body; if the receiver sets a custom payload, remove it';

/**
 * Reads a parsed JSON body. `by` is the `sub` of the sender's token. One alert that cannot be read
 * is counted, not refused; `detail` is one line for the sender's log, to be sent with 400.
 */
export function readAlertmanager(
  body: unknown,
  by: string,
): { ok: true; notification: AlertNotification } | { ok: false; detail: string } {
  if (Array.isArray(body)) return { ok: false, detail: ALERT_PUSH };
  const parsed = Notification.safeParse(body);
  if (!parsed.success)
    return { ok: false, detail: isCommonSchema(body) ? COMMON_SCHEMA : NOT_A_NOTIFICATION };
  const { alerts, commonLabels } = parsed.data;

  const targets: Target[] = [];
  const looks: Episode[] = [];
  const resolved: Resolved[] = [];
  const ignored: Partial<Record<Cause, number>> = {};
  let unread = Math.max(0, alerts.length - ALERTS_READ);
  for (const alert of alerts.slice(0, ALERTS_READ)) {
    const said = readAlert(alert, commonLabels);
    if ("target" in said) targets.push(said.target);
    else if ("look" in said) looks.push(said.look);
    else if ("resolved" in said) {
      if (resolved.length < RESOLVED_READ) resolved.push(said.resolved);
      else unread += 1;
    } else ignored[said.ignored] = (ignored[said.ignored] ?? 0) + 1;
  }

  const truncatedAlerts = parsed.data.truncatedAlerts + unread;
  const signal: Signal | null =
    targets.length + looks.length === 0
      ? null
      : {
          kind: "remediate",
          origin: { via: "alertmanager", by, person: false },
          registry: null,
          targets,
          looks,
          truncatedAlerts,
        };
  const accepted = targets.length + looks.length;
  return { ok: true, notification: { signal, resolved, accepted, ignored, truncatedAlerts } };
}

type Said = { target: Target } | { look: Episode } | { resolved: Resolved } | { ignored: Cause };

function readAlert(input: unknown, common: Readonly<Record<string, unknown>>): Said {
  const parsed = Alert.safeParse(withCommon(input, common));
  if (!parsed.success) return { ignored: "unreadable" };
  const { status, labels, startsAt, fingerprint } = parsed.data;
  // The end of an alert that could start nothing is worth no row either.
  const judgement = judge(labels);
  if (!judgement.accepted) return { ignored: judgement.cause };
  const read = readPod(labels);
  // An alert is a hint and the agent looks for itself, so that a pull failure without a pod will do;
  // a container that waits, for whatever, won't.
  const looks = !read.ok && read.cause === "no_target" && !judgement.unverified;
  if (!read.ok && !looks) return { ignored: read.cause };
  if (status === "resolved") return readResolved(parsed.data);
  const episode = startsAt === null ? null : { fingerprint, startsAt };
  if (!read.ok) return { look: episode };
  return { target: { ...read.pod, episode, unverified: judgement.unverified } };
}

/** An alert's own label counts before the one that it is said to have in common. */
function withCommon(input: unknown, common: Readonly<Record<string, unknown>>): unknown {
  const own = OwnLabels.safeParse(input);
  if (!own.success || Object.keys(common).length === 0) return input;
  return { ...own.data, labels: { ...common, ...own.data.labels } };
}

function isCommonSchema(body: unknown): boolean {
  return z.object({ schemaId: z.string() }).safeParse(body).success;
}

function readResolved({ fingerprint, endsAt }: Alert): Said {
  // Go's zero time, year 1, says "none"; like every time before 1970 it is negative here.
  const endedAt = endsAt === null ? 0 : Date.parse(endsAt);
  if (fingerprint === null || !(endedAt > 0)) return { ignored: "unidentified_resolved" };
  return { resolved: { fingerprint, endsAt: endedAt } };
}
