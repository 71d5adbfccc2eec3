import type { JobIn, JobKind, Reason } from "../protocol/job.ts";

/** A job that nobody has claimed yet. Times are milliseconds since the epoch. */
export function newJob(wanted: {
  readonly id: string;
  readonly cluster: string;
  readonly kind: JobKind;
  readonly reason: Reason;
  readonly notBefore: number;
  readonly now: number;
}): JobIn<"queued"> {
  const { id, cluster, kind, reason, notBefore, now } = wanted;
  return {
    v: 1,
    id,
    cluster,
    kind,
    origin: reason.origin,
    registry: reason.registry,
    ...(reason.scope === undefined ? {} : { scope: reason.scope }),
    createdAt: now,
    dueAt: notBefore,
    attempts: 1,
    releases: 0,
    asks: 0,
    fence: 0,
    intent: null,
    addsRule: false,
    restartsAt: null,
    routerUncertain: false,
    hasReport: false,
    found: null,
    lateFence: 0,
    lastCall: null,
    state: "queued",
    notBefore,
    dirty: null,
    approval: null,
  };
}
