// Many random histories, and for the first that fails the smallest like it, with how to see it again.
import fc from "fast-check";
import type { Mutant } from "./agent-process.ts";
import { histories } from "./drawn.ts";
import type { History } from "./history.ts";
import { runHistory, type Tally } from "./run-history.ts";

export type Many = {
  readonly runs: number;
  readonly seed: number;
  /** Of a history that failed: only this one is run. */
  readonly path?: string;
  readonly mutant?: Mutant;
  /** False: the first that fails is not made smaller. */
  readonly shrink?: boolean;
  readonly onRun?: (done: number) => void;
};

export type Outcome = {
  readonly seed: number;
  readonly runs: number;
  readonly tally: Tally;
  readonly failure: {
    readonly path: string;
    readonly history: History;
    readonly why: string;
  } | null;
};

export async function runMany({ runs, seed, path, mutant, ...how }: Many): Promise<Outcome> {
  const tally: Tally = new Map();
  let done = 0;
  const property = fc.asyncProperty(histories, async (history) => {
    await runHistory(history, tally, mutant);
    how.onRun?.((done += 1));
  });
  const details = await fc.check(property, {
    seed,
    numRuns: path === undefined ? runs : 1,
    ...(path === undefined ? {} : { path }),
    endOnFailure: path !== undefined || how.shrink === false,
  });
  const history = details.counterexample?.[0];
  if (!details.failed || history === undefined)
    return { seed, runs: details.numRuns, tally, failure: null };
  const { errorInstance: error, counterexamplePath } = details;
  const why = error instanceof Error ? error.message : String(error);
  const failure = { path: counterexamplePath ?? "0", history, why };
  return { seed, runs: details.numRuns, tally, failure };
}

/** What a person needs to see the failure again. */
export function inWords({ seed, failure }: Outcome): string {
  if (failure === null) return "";
  const { path, history, why } = failure;
  return [
    `A history failed: ${why}`,
    `The smallest like it: ${JSON.stringify(history)}`,
    `Replay it: npm run histories -- --seed ${seed} --path ${path}`,
  ].join("\n\n");
}

/** So far apart that two runs seldom draw the same. */
export function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 31);
}
