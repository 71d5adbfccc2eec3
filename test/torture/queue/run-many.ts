// Many random histories of a queue on the real Worker, and for the first that fails the smallest like it.
import fc from "fast-check";
import type { Mistake } from "../../../sim/worker-bundle.ts";
import { startWorkerUnderTest } from "../worker/worker-under-test.ts";
import { queueHistories, type QueueHistory } from "./history.ts";
import { runQueueHistory } from "./run-history.ts";

export type ManyQueues = {
  readonly runs: number;
  readonly seed: number;
  /** Some histories kill the Worker; a second each. */
  readonly kills?: boolean;
  /** Planted in the Worker. */
  readonly mistake?: Mistake;
  /** Of a history that failed: only this one is run. */
  readonly path?: string;
  readonly shrink?: boolean;
  readonly onRun?: (done: number) => void;
};

export type QueueOutcome = {
  readonly seed: number;
  readonly runs: number;
  readonly tally: ReadonlyMap<string, number>;
  readonly failure: {
    readonly seed: number;
    readonly path: string;
    readonly history: QueueHistory;
    readonly why: string;
  } | null;
};

/** Each has a cluster, so a database, of its own: after so many the Worker begins on an empty disk. */
const RUNS_A_WORKER = 500;

export async function runQueues(many: ManyQueues): Promise<QueueOutcome> {
  const tally = new Map<string, number>();
  let runs = 0;
  for (let part = 0; runs < many.runs; part += 1) {
    const seed = many.seed + part;
    const wanted = Math.min(RUNS_A_WORKER, many.runs - runs);
    const failure = await runPart({ ...many, seed, runs: wanted }, tally, () =>
      many.onRun?.((runs += 1)),
    );
    if (many.onRun === undefined) runs += wanted;
    if (failure !== null) return { seed, runs, tally, failure };
  }
  return { seed: many.seed, runs, tally, failure: null };
}

async function runPart(
  { seed, runs, kills = false, path, mistake, shrink }: ManyQueues,
  tally: Map<string, number>,
  onRun: () => void,
): Promise<QueueOutcome["failure"]> {
  const worker = await startWorkerUnderTest(mistake === undefined ? [] : [mistake]);
  let clusters = 0;
  try {
    const property = fc.asyncProperty(queueHistories(kills), async (history) => {
      clusters += 1;
      await runQueueHistory(history, { worker, cluster: `q${clusters}`, tally });
      onRun();
    });
    const details = await fc.check(property, {
      seed,
      numRuns: path === undefined ? runs : 1,
      ...(path === undefined ? {} : { path }),
      endOnFailure: path !== undefined || shrink === false,
    });
    const history = details.counterexample?.[0];
    if (!details.failed || history === undefined) return null;
    const { errorInstance: error, counterexamplePath } = details;
    const why = error instanceof Error ? error.message : String(error);
    return { seed, path: counterexamplePath ?? "0", history, why };
  } finally {
    await worker.close();
  }
}

/** What a person needs to see the failure again; empty if there is none. */
export function queueInWords({ failure }: QueueOutcome): string {
  if (failure === null) return "";
  const { seed, path, history, why } = failure;
  return [
    `A history failed: ${why}`,
    `The smallest like it: ${JSON.stringify(history)}`,
    `Replay it: npm run torture -- --only queue --seed ${seed} --path ${path}`,
  ].join("\n\n");
}
