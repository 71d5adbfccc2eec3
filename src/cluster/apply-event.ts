// What an event does to the whole cluster's books: the job it concerns, the job that follows it,
// the hold, and the log. Runs inside one storage transaction; decides by the pure functions.
import type { Job, JobIn, JobKind, Reason } from "../protocol/job.ts";
import type { ReportRequest } from "../protocol/calls.ts";
import {
  admit,
  claimRank,
  clashOf,
  holdAfter,
  holdOnRequest,
  type Hold,
  type HoldTimes,
} from "../jobs/admit.ts";
import { afterClockStep } from "./apply-clock-step.ts";
import { holdWithinLimits } from "../jobs/clock-step.ts";
import { callsForAgent, nextMoment } from "../jobs/due.ts";
import { claimDetail, reportEvent, uncertainty, whatOf, whoOf } from "../jobs/event-of.ts";
import type { HealingTimes } from "../jobs/healing.ts";
import { newestFence } from "./fence.ts";
import { openHoldBook } from "./holds.ts";
import { nextDue, transition } from "../jobs/lifecycle.ts";
import type { Answer, JobEvent, Limits } from "../jobs/lifecycle-event.ts";
import { newJob } from "../jobs/new-job.ts";
import { openRuleBook } from "./rule-state.ts";
import { refuse, type Settled } from "../jobs/result.ts";
import type { Signal } from "../jobs/signal.ts";
import type { Store } from "./store/store.ts";

export type Rules = {
  readonly cluster: string;
  readonly limits: Limits;
  readonly holds: HoldTimes;
  readonly healing: HealingTimes;
  readonly newId: (now: number) => string;
  /** A job was opened (`before` null) or changed: whoever is to be told of it is. */
  readonly tell: (before: Job | null, after: Job, now: number) => void;
  /** Something was said of a job in its trail alone. */
  readonly retouch: (job: Job, now: number) => void;
};

/** What asks for a recheck: nobody but the time. */
const RECHECK: Reason = {
  origin: { via: "worker", by: "backon", person: false },
  registry: null,
};
const NO_END = "the hold stays: alerts start nothing until a person asks for remediate";

/** The books of one cluster over its store. Each method is one step of one transaction. */
export function openLedger(store: Store, rules: Rules) {
  const ruleBook = openRuleBook(store, rules.healing);
  const { hold, ...holds } = openHoldBook(store);

  function setHold(next: Hold | null, now: number, by: string): void {
    if (!holds.set(next, now, by)) return;
    if (next?.until === null) cancelQueuedSignals(next, now);
  }

  /** Without this, a job that was queued before a person undid the rule would put it back. */
  function cancelQueuedSignals(by: Hold, now: number): void {
    for (const job of store.openJobs())
      if (job.state === "queued" && job.kind === "remediate" && !job.origin.person)
        apply(job, { kind: "cancel", at: now, by: by.by ?? "backon" }, by.why);
  }

  /** What joined the job before the undo goes with it: it must not put the rule back afterwards. */
  function cancelForUndo(job: Job, by: string, now: number): void {
    const alone = job.state === "finished" ? job : { ...job, dirty: null };
    store.save(alone);
    apply(alone, { kind: "cancel", at: now, by }, "undo asked");
  }

  function open(kind: JobKind, reason: Reason, notBefore: number, now: number): Job {
    const { cluster, newId } = rules;
    const job = newJob({ id: newId(now), cluster, kind, reason, notBefore, now });
    store.save(job);
    rules.tell(null, job, now);
    const due = notBefore > now ? `; due ${new Date(notBefore).toISOString()}` : "";
    store.log({
      at: now,
      job: job.id,
      what: "opened",
      by: reason.origin.by,
      detail: `${kind}${due}`,
    });
    return job;
  }

  /** Asks the life cycle, saves what it says, and draws the consequences of an ending. */
  function apply(job: Job, event: JobEvent, detail: string): Settled<{ job: Job; answer: Answer }> {
    const moved = transition(job, event, rules.limits);
    if (!moved.ok) return refuse(moved.status, moved.why);
    const changed = moved.job !== job && JSON.stringify(moved.job) !== JSON.stringify(job);
    if (changed) {
      store.save(moved.job);
      rules.tell(job, moved.job, event.at);
    }
    const what = whatOf(event, job, moved.job, changed);
    if (what !== null) store.log({ at: event.at, job: job.id, what, by: whoOf(event), detail });
    if (moved.job.state === "finished" && job.state !== "finished") {
      // A recheck that had announced to take the rule off can't say that a person did.
      if (job.kind !== "recheck" || job.intent === null)
        setHold(holdAfter(moved.job, hold(), rules.holds), event.at, "backon");
      if (moved.opens !== null) takeReason(job.kind, moved.opens, event.at);
      followRule(event.at);
    }
    return { ok: true, value: { job: moved.job, answer: moved.answer } };
  }

  const openOf = (kind: JobKind): Job | null =>
    store.openJobs().find((job) => job.kind === kind) ?? null;

  /** One recheck is open while a rule stands that is to go; an undo decides first. */
  function followRule(now: number): void {
    const recheck = openOf("recheck");
    if (!ruleBook.wantsRecheck()) {
      if (recheck?.state === "queued")
        apply(recheck, { kind: "cancel", at: now, by: "backon" }, "there is no rule to recheck");
    } else if (recheck === null && openOf("withdraw") === null)
      open("recheck", RECHECK, ruleBook.recheckAt(now), now);
  }

  /** The job as it is after the reason joined it; null if the reason was only recorded. */
  function takeReason(kind: JobKind, reason: Reason, now: number): Job | null {
    const already = openOf(kind);
    const admission = admit(reason, already, hold(), now);
    switch (admission.kind) {
      case "open":
        return open(kind, reason, admission.notBefore, now);
      case "join":
        return already === null ? null : join(already, reason, now);
      case "record":
        holds.record(reason, admission.why, now);
        return null;
    }
  }

  function join(job: Job, reason: Reason, now: number): Job {
    const detail = reason.registry === null ? "" : `registry ${reason.registry}`;
    const joined = apply(job, { kind: "signal", at: now, reason }, detail);
    return joined.ok ? joined.value.job : job;
  }

  return {
    cluster: rules.cluster,
    hold,
    apply,
    ruleBook,
    newestFence: () => newestFence(store),

    /** A person's word on one job. To cancel an undo is not to ask for the rule again. */
    decide(
      job: Job,
      event: Extract<JobEvent, { kind: "approve" | "dismiss" | "cancel" }>,
    ): Settled<{ job: Job; answer: Answer }> {
      const stays = event.kind === "cancel" && job.kind === "withdraw" && hold()?.until === null;
      return apply(job, event, event.kind === "approve" ? event.hash : stays ? NO_END : "");
    },

    /** Lets time have its effect: lapsed leases, jobs too old. First in every call. */
    settle(now: number): void {
      setHold(holdWithinLimits(hold(), rules.holds, now), now, "clock");
      for (const stored of store.openJobs()) {
        const job = afterClockStep({ store, ...rules }, stored, now);
        const due = nextDue(job, rules.limits);
        if (due === null || due > now) continue;
        const kind = job.state === "leased" ? "lapse" : "expire";
        apply(job, { kind, at: now }, uncertainty(job));
      }
    },

    /** Takes a signal in. Null: it was only recorded, because a hold without end stands. */
    take(signal: Signal, now: number): Settled<Job | null> {
      const { kind, origin, registry } = signal;
      const clash = clashOf({ origin, registry }, openOf(kind));
      if (clash !== null) return refuse(409, clash);
      setHold(holdOnRequest(kind, origin, hold()), now, origin.by);
      if (kind === "remediate" && origin.person) ruleBook.fixAsked();
      const job = takeReason(kind, { origin, registry }, now);
      // After the undo is open, so that no recheck follows the one that it cancels.
      if (kind === "withdraw" && origin.person)
        for (const other of store.openJobs())
          if (other.kind === "remediate" || other.kind === "recheck")
            cancelForUndo(other, origin.by, now);
      if (job === null) return { ok: true, value: null };
      const added = store.addTargets(job.id, signal.targets);
      if (added > 0) {
        const cut = signal.truncatedAlerts > 0 ? `; ${signal.truncatedAlerts} alerts cut off` : "";
        const detail = `${added} target(s)${cut}`;
        store.log({ at: now, job: job.id, what: "signal", by: origin.by, detail });
      }
      return { ok: true, value: job };
    },

    /** The job this agent may work on now, leased to it; null if there is none. */
    claim(
      event: Omit<Extract<JobEvent, { kind: "claim" }>, "kind" | "fence">,
    ): JobIn<"leased"> | null {
      const jobs = store.openJobs().toSorted((a, b) => claimRank(a) - claimRank(b));
      const leased = jobs.filter((job) => job.state === "leased");
      const fence = newestFence(store) + 1;
      for (const job of leased.length > 0 ? leased : jobs) {
        const detail = claimDetail(job, event);
        const done = apply(job, { ...event, kind: "claim", fence }, detail);
        if (!done.ok || done.value.job.state !== "leased") continue;
        if (done.value.job.fence === fence) store.setFact("fence", fence);
        return done.value.job;
      }
      return null;
    },

    /** One of the agent's four reports; what it says about our rule is kept beside it. */
    report(
      job: Job,
      request: ReportRequest,
      digest: string,
      now: number,
    ): Settled<{ job: Job; answer: Answer }> {
      const event = reportEvent(request, digest, now);
      if (event === null) return refuse(422, "a report `done` must name its outcome");
      const moved = transition(job, event, rules.limits);
      const { report } = request;
      if (moved.ok && moved.keepReport && report !== null) {
        store.saveReport(job.id, JSON.stringify(report));
        // A later job has looked since: what this one saw is no longer the newest.
        if (job.fence === newestFence(store)) ruleBook.heard(job, request, now);
      }
      const done = apply(job, event, report?.summary ?? "");
      if (done.ok) followRule(now);
      return done;
    },

    /** Something was said of a job in its trail alone. */
    said: rules.retouch,

    /** An outside write that the agent is about to make. */
    intend(job: string, what: string, now: number): void {
      store.log({ at: now, job, what: "intent", by: "agent", detail: what });
    },

    /** The next moment at which time alone changes something; null if nothing is open. */
    nextMoment: (now: number): number | null => nextMoment(store.openJobs(), rules.limits, now),

    callsForAgent: (now: number): string[] => callsForAgent(store.openJobs(), now),
  };
}
export type Ledger = ReturnType<typeof openLedger>;
