// What is known of our rule: the newest fence's word on it, and how far the path has healed.
import * as z from "zod/mini";
import type { Healing, ReportRequest } from "../protocol/calls.ts";
import type { Job, JobKind } from "../protocol/job.ts";
import { RuleState } from "../protocol/report.ts";
import {
  healingOf,
  isKept,
  Memory,
  NOTHING_KNOWN,
  remember,
  wantsRecheck,
  type HealingEvent,
  type HealingTimes,
} from "../jobs/healing.ts";
import type { Store } from "./store/store.ts";

const KEPT = "the rule is kept: the path has failed again three times within a week of healing";

/** A cluster's knowledge of the rule over its store; each change is part of the caller's transaction. */
export function openRuleRecord(store: Store, times: HealingTimes) {
  const memory = (): Memory => store.facts.read("healing", Memory, () => null) ?? NOTHING_KNOWN;

  function noteHealing(events: readonly HealingEvent[]): { before: Memory; after: Memory } {
    const before = memory();
    const after = events.reduce((so, event) => remember(so, event, times), before);
    if (after !== before) store.facts.save("healing", after);
    return { before, after };
  }

  function noteSince(rule: RuleState | null, now: number): void {
    const known = store.facts.read("ruleSince", z.number(), () => null);
    const stands = rule?.state === "present" && rule.ours;
    if (stands && known === null) store.facts.save("ruleSince", now);
    if (rule?.state === "absent" && known !== null) store.facts.save("ruleSince", null);
  }

  return {
    /** As the last report saw it, or `unknown` while a write is announced; null: never named. */
    current: (): RuleState | null => store.facts.read("rule", RuleState, () => null),

    /** Since when ours stands, ms; null: it does not, or nobody knows. */
    since: (): number | null => store.facts.read("ruleSince", z.number(), () => null),

    /** Until the agent reports, nobody knows what the announced write left on the router. */
    markUnknown(now: number): void {
      store.facts.save("rule", { state: "unknown", ours: true, at: now });
    },

    /** What the newest report says of the rule and of the path. */
    takeReport(job: Job, request: ReportRequest, now: number): void {
      const rule = request.report?.rule ?? null;
      if (rule !== null) store.facts.save("rule", rule);
      noteSince(rule, now);
      const { before, after } = noteHealing(eventsIn(job.kind, request, now));
      if (isKept(after) && !isKept(before))
        store.events.log({ at: now, job: job.id, what: "rule kept", by: "backon", detail: KEPT });
    },

    /** A person's fix: the path is given all its chances again. */
    forgiveRelapses(): void {
      noteHealing([{ kind: "fix" }]);
    },

    wantsRecheck: (): boolean => wantsRecheck(memory()),

    recheckAt: (now: number): number => now + times.recheckMs,

    /** Null while no rule stands that is to go when the path has healed. */
    healing(): (Healing & { kept: boolean }) | null {
      const now = memory();
      const healing = healingOf(now, times);
      return healing === null ? null : { ...healing, kept: isKept(now) };
    },
  };
}
export type RuleRecord = ReturnType<typeof openRuleRecord>;

/** A round counts once, with the report that ends its recheck. */
function eventsIn(
  kind: JobKind,
  { disposition, report }: ReportRequest,
  at: number,
): HealingEvent[] {
  if (report === null) return [];
  const { rule, recheck, outcome } = report;
  const seen: HealingEvent[] = rule === null ? [] : [{ kind: "rule", at, rule }];
  if (kind !== "recheck" || disposition !== "done") return seen;
  // What it saw of the rule may be older than its withdrawing it.
  if (outcome === "healed") return [{ kind: "healed", at }];
  return recheck === null ? seen : [...seen, { kind: "round", at, good: recheck.good }];
}
