// What was done and how long it took, written down as it happens.
import type { Action, Report, Stage } from "../../src/protocol/report.ts";

/** So that every report, even one after an exception, can tell it. */
export type Journal = {
  /** When the job began, ms since the epoch. */
  readonly startedAt: number;
  readonly stages: Report["stages"];
  readonly actions: readonly Action[];
  /** Writes down what was done outside: to the router, or to a pod. */
  note(...actions: readonly Action[]): void;
  /** Runs one stage and notes its start and its duration, however it ends. */
  stage<T>(stage: Stage, run: () => Promise<T>): Promise<T>;
};
