// Builders: a job in each state, with only what a test names differing from a plain one.
import type { Limits } from "../../../src/jobs/lifecycle-event.ts";
import type { JobIn, Origin, Reason } from "../../../src/protocol/job.ts";
import type { Plan } from "../../../src/protocol/report.ts";

export const NOW = Date.UTC(2026, 10, 23);
export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;

/** The limits that an installation has when nothing is set. */
export const LIMITS: Limits = {
  leaseMs: 120 * SECOND,
  leaseMostMs: 30 * MINUTE,
  attempts: 3,
  retryMs: 30 * SECOND,
  jobAgeMs: 24 * HOUR,
  awaitingMs: 30 * MINUTE,
  approvalMs: 15 * MINUTE,
};

export const ALERTS: Origin = { via: "alertmanager", by: "am", person: false };
export const ANNA: Origin = { via: "api", by: "anna", person: true };
export const FROM_ALERTS: Reason = { origin: ALERTS, registry: null };
export const FROM_ANNA: Reason = { origin: ANNA, registry: "ghcr.io" };

/** Of PLAN, as the agent makes it; the Worker refuses any other. */
export const PLAN_HASH = "5e8199ff9be5b5d993ed59d74ce86cc7";

export const PLAN: Plan = {
  verdict: "ipv6-tls-stall",
  hosts: ["registry-1.docker.io"],
  profile: "prefix",
  rule: null,
  entries: null,
  restart: { method: "evict", namespaces: ["apps"], ceiling: 50 },
  commands: [],
};

export function anApproval(changes: Partial<{ until: number; hash: string }> = {}) {
  return { hash: "h1", by: "anna", at: NOW - MINUTE, until: NOW + 14 * MINUTE, ...changes };
}

const common: Omit<JobIn<"queued">, "state" | "notBefore" | "dirty" | "approval"> = {
  v: 1,
  id: "j1",
  cluster: "home",
  kind: "remediate",
  origin: ALERTS,
  registry: null,
  createdAt: NOW - HOUR,
  dueAt: NOW - HOUR,
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
};

/** Due, never claimed. */
export function aQueuedJob(changes: Partial<JobIn<"queued">> = {}): JobIn<"queued"> {
  return { ...common, state: "queued", notBefore: NOW, dirty: null, approval: null, ...changes };
}

/** Leased to agent a1 under fence 5, half a minute ago. */
export function aLeasedJob(changes: Partial<JobIn<"leased">> = {}): JobIn<"leased"> {
  return {
    ...common,
    state: "leased",
    fence: 5,
    agent: "a1",
    process: null,
    claimId: "c1",
    since: NOW - 30 * SECOND,
    until: NOW + 90 * SECOND,
    dirty: null,
    cancelBy: null,
    approval: null,
    stage: null,
    stageSince: null,
    waits: null,
    ...changes,
  };
}

/** Waits for a person's word on plan h1; asked once, under fence 5. */
export function anAwaitingJob(changes: Partial<JobIn<"awaiting">> = {}): JobIn<"awaiting"> {
  const until = NOW + 20 * MINUTE;
  return {
    ...common,
    state: "awaiting",
    dirty: null,
    fence: 5,
    asks: 1,
    hasReport: true,
    plan: PLAN,
    planHash: "h1",
    until,
    ...changes,
  };
}

/** Ended by itself without a report, under fence 5. */
export function aFinishedJob(changes: Partial<JobIn<"finished">> = {}): JobIn<"finished"> {
  return {
    ...common,
    state: "finished",
    fence: 5,
    at: NOW,
    outcome: "gave-up",
    by: null,
    ...changes,
  };
}
