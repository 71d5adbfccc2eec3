import type { Action, Report, Stage } from "../../src/protocol/report.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { Lease } from "../ports/lease.ts";

export type JournalOptions = {
  readonly clock: Clock;
  /** Told of each stage that begins. */
  readonly lease: Pick<Lease, "stage">;
  /** Called after each stage with its duration, ms. */
  readonly onStage: (stage: Stage, ms: number) => void;
  /** Called with each action outside, as soon as it was made. */
  readonly onAction?: (action: Action) => void;
};

/** An empty journal that begins now. */
export function openJournal({ clock, lease, onStage, onAction }: JournalOptions): Journal {
  const stages: Report["stages"] = [];
  const actions: Action[] = [];
  return {
    startedAt: clock.now(),
    stages,
    actions,
    note(...made) {
      actions.push(...made);
      for (const action of made) onAction?.(action);
    },
    async stage(stage, run) {
      const startedAt = clock.now();
      lease.stage(stage);
      try {
        return await run();
      } finally {
        const ms = clock.now() - startedAt;
        stages.push({ stage, startedAt, ms });
        onStage(stage, ms);
      }
    },
  };
}
