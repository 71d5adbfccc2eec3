// What an event does in its cluster: the job it concerns, the job that follows it, the hold, and the
// trail. Part of the caller's transaction; decided by the pure functions.
import type { Job, JobKind, Reason } from "../protocol/job.ts";
import { admit, holdAfter, type Hold } from "../jobs/admit.ts";
import { isChanged, whatOf, whoOf } from "../jobs/event-of.ts";
import type { Answer, JobEvent, Transition } from "../jobs/lifecycle-event.ts";
import { transition } from "../jobs/lifecycle.ts";
import { newJob } from "../jobs/new-job.ts";
import { refuse, type Result } from "../jobs/result.ts";
import type { ClusterState } from "./cluster-state.ts";
import { noteEnding } from "./endings.ts";

/** What happens to a job, and what the trail says of it besides. */
export type EventOnJob = {
  readonly job: Job;
  readonly event: JobEvent;
  readonly detail: string;
};
export type Applied<A extends Answer = Answer> = { readonly job: Job; readonly answer: A };

/** What asks for a recheck: nobody but the time. */
const RECHECK: Reason = {
  origin: { via: "worker", by: "backon", person: false },
  registry: null,
};

/** Asks the life cycle, saves what it says, and draws the consequences of an ending. */
export function applyEvent(cluster: ClusterState, on: EventOnJob): Result<Applied> {
  const { job, event } = on;
  return commit(cluster, on, transition(job, event, cluster.limits));
}

/** The same for a transition that the caller has asked for already. */
export function commit<A extends Answer>(
  cluster: ClusterState,
  { job, event, detail }: EventOnJob,
  moved: Transition<A>,
): Result<Applied<A>> {
  if (!moved.ok) return refuse(moved.status, moved.why);
  const { store, notify } = cluster;
  const { job: after, answer } = moved;
  if (isChanged(job, after)) {
    store.jobs.save(after);
    notify.change(job, after, event.at);
  }
  const what = whatOf(event, job, after);
  if (what !== null)
    store.events.log({ at: event.at, job: job.id, what, by: whoOf(event), detail });
  if (after.state === "finished" && job.state !== "finished") {
    noteEnding(store, after);
    // A recheck that had announced to take the rule off can't say that a person did.
    if (job.kind !== "recheck" || job.intent === null) {
      const hold = holdAfter(after, cluster.holds.current(), cluster.holdTimes);
      setHold(cluster, hold, { at: event.at, by: "backon" });
    }
    if (moved.opens !== null)
      takeReason(cluster, { kind: job.kind, reason: moved.opens }, event.at);
    openOrCancelRecheck(cluster, event.at);
  }
  return { ok: true, value: { job: after, answer } };
}

/** `by`: who lifted the hold, or set one that names nobody. */
export function setHold(
  cluster: ClusterState,
  hold: Hold | null,
  { at, by }: { readonly at: number; readonly by: string },
): void {
  if (!cluster.holds.set(hold, at, by)) return;
  if (hold?.until === null) cancelQueuedSignals(cluster, hold, at);
}

/** Without this, a job that was queued before a person undid the rule would put it back. */
function cancelQueuedSignals(cluster: ClusterState, { by, why }: Hold, at: number): void {
  for (const job of cluster.store.jobs.open())
    if (job.state === "queued" && job.kind === "remediate" && !job.origin.person)
      applyEvent(cluster, {
        job,
        event: { kind: "cancel", at, by: by ?? "backon" },
        detail: why,
      });
}

/** The open job of this kind; there is at most one. */
export function openJobOf(cluster: ClusterState, kind: JobKind): Job | null {
  return cluster.store.jobs.open().find((job) => job.kind === kind) ?? null;
}

/** One recheck is open while a rule stands that is to go; an undo decides first. */
export function openOrCancelRecheck(cluster: ClusterState, now: number): void {
  const { rule } = cluster;
  const recheck = openJobOf(cluster, "recheck");
  if (!rule.wantsRecheck()) {
    const event = { kind: "cancel", at: now, by: "backon" } as const;
    if (recheck?.state === "queued")
      applyEvent(cluster, { job: recheck, event, detail: "there is no rule to recheck" });
  } else if (recheck === null && openJobOf(cluster, "withdraw") === null) {
    const wanted = { kind: "recheck", reason: RECHECK, notBefore: rule.recheckAt(now) } as const;
    openJob(cluster, wanted, now);
  }
}

/** The job as it is after the reason joined it; null if the reason was only recorded. */
export function takeReason(
  cluster: ClusterState,
  { kind, reason }: { readonly kind: JobKind; readonly reason: Reason },
  now: number,
): Job | null {
  const open = openJobOf(cluster, kind);
  const admission = admit(reason, { open, hold: cluster.holds.current() }, now);
  switch (admission.kind) {
    case "open":
      return openJob(cluster, { kind, reason, notBefore: admission.notBefore }, now);
    case "join":
      return open === null ? null : join(cluster, { job: open, reason }, now);
    case "record":
      cluster.holds.record(reason, admission.why, now);
      return null;
  }
}

function openJob(
  cluster: ClusterState,
  wanted: { readonly kind: JobKind; readonly reason: Reason; readonly notBefore: number },
  now: number,
): Job {
  const { store, name, newId, notify } = cluster;
  const { kind, reason, notBefore } = wanted;
  const job = newJob({ ...wanted, id: newId(now), cluster: name, now });
  store.jobs.save(job);
  notify.change(null, job, now);
  const due = notBefore > now ? `; due ${new Date(notBefore).toISOString()}` : "";
  const forAll = reason.scope === "all" ? " for all clusters of the router" : "";
  const detail = `${kind}${forAll}${due}`;
  store.events.log({ at: now, job: job.id, what: "opened", by: reason.origin.by, detail });
  return job;
}

function join(
  cluster: ClusterState,
  { job, reason }: { readonly job: Job; readonly reason: Reason },
  now: number,
): Job {
  const detail = reason.registry === null ? "" : `registry ${reason.registry}`;
  const joined = applyEvent(cluster, { job, event: { kind: "signal", at: now, reason }, detail });
  return joined.ok ? joined.value.job : job;
}
