// What was done and how long it took, written down as it happens, so that every report, even one
// after an exception, can tell it.
import type { Action, Report, Stage } from "../../src/protocol/report.ts";
import type { Clock } from "../ports/clock.ts";
import type { Lease } from "../ports/lease.ts";

export type Journal = {
  readonly stages: Report["stages"];
  readonly actions: Action[];
  /** Runs one stage and notes its start and its duration, however it ends. */
  stage<T>(stage: Stage, work: () => Promise<T>): Promise<T>;
};

export function openJournal(
  clock: Clock,
  lease: Pick<Lease, "stage">,
  onStage: (stage: Stage, ms: number) => void,
): Journal {
  const stages: Report["stages"] = [];
  return {
    stages,
    actions: [],
    async stage(stage, work) {
      const startedAt = clock.now();
      lease.stage(stage);
      try {
        return await work();
      } finally {
        const ms = clock.now() - startedAt;
        stages.push({ stage, startedAt, ms });
        onStage(stage, ms);
      }
    },
  };
}
