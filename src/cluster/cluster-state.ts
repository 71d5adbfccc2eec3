// What every step of a call works on: one cluster's records and settings. The steps are functions over
// it, each part of one storage transaction.
import type { HoldTimes } from "../jobs/admit.ts";
import type { HealingTimes } from "../jobs/healing.ts";
import type { Limits } from "../jobs/lifecycle-event.ts";
import type { Job } from "../protocol/job.ts";
import { openHolds, type Holds } from "./holds.ts";
import { openRuleRecord, type RuleRecord } from "./rule-record.ts";
import type { Store } from "./store/store.ts";

export type ClusterSettings = {
  readonly name: string;
  readonly limits: Limits;
  readonly holdTimes: HoldTimes;
  readonly healingTimes: HealingTimes;
};

export type ClusterState = ClusterSettings & {
  readonly store: Store;
  readonly holds: Holds;
  readonly rule: RuleRecord;
  /** A new job's id; `now` is ms since the epoch. */
  readonly newId: (now: number) => string;
  readonly notify: {
    /** A job was opened (`before` null) or changed: whoever is to be told of it is. */
    readonly change: (before: Job | null, after: Job, now: number) => void;
    /** Something was said of a job in its trail alone. */
    readonly note: (job: Job, now: number) => void;
  };
};

export function openCluster(
  store: Store,
  settings: ClusterSettings,
  ports: Pick<ClusterState, "newId" | "notify">,
): ClusterState {
  const holds = openHolds(store);
  const rule = openRuleRecord(store, settings.healingTimes);
  return { ...settings, ...ports, store, holds, rule };
}
