// What is known of our rule: the newest fence's word on it, and how far the path has healed.
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
export function openRuleBook(store: Store, times: HealingTimes) {
  const memory = (): Memory => store.fact("healing", Memory, () => null) ?? NOTHING_KNOWN;

  function happened(events: readonly HealingEvent[]): { before: Memory; after: Memory } {
    const before = memory();
    const after = events.reduce((so, event) => remember(so, event, times), before);
    if (after !== before) store.setFact("healing", after);
    return { before, after };
  }

  return {
    /** As the last report saw it, or `unknown` while a write is announced; null: never named. */
    rule: (): RuleState | null => store.fact("rule", RuleState, () => null),

    /** Until the agent reports, nobody knows what the announced write left on the router. */
    ruleUnknown(now: number): void {
      store.setFact("rule", { state: "unknown", ours: true, at: now });
    },

    /** What the newest report says of the rule and of the path. */
    heard(job: Job, request: ReportRequest, now: number): void {
      const rule = request.report?.rule ?? null;
      if (rule !== null) store.setFact("rule", rule);
      const { before, after } = happened(eventsIn(job.kind, request, now));
      if (isKept(after) && !isKept(before))
        store.log({ at: now, job: job.id, what: "rule kept", by: "backon", detail: KEPT });
    },

    /** A person's fix: the path is given all its chances again. */
    fixAsked(): void {
      happened([{ kind: "fix" }]);
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
