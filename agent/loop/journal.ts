import type { Report, Stage } from "../../src/protocol/report.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { Lease } from "../ports/lease.ts";

export type JournalOptions = {
  readonly clock: Clock;
  /** Told of each stage that begins. */
  readonly lease: Pick<Lease, "stage">;
  /** Called after each stage with its duration, ms. */
  readonly onStage: (stage: Stage, ms: number) => void;
};

/** An empty journal that begins now. */
export function openJournal({ clock, lease, onStage }: JournalOptions): Journal {
  const stages: Report["stages"] = [];
  return {
    startedAt: clock.now(),
    stages,
    actions: [],
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
