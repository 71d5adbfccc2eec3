// Many random histories of two routers, and for the first that fails the smallest like it.
import fc from "fast-check";
import { pairHistories } from "./pair-history.ts";
import type { PairMutant } from "./pair-site.ts";
import { runPair, type Tally } from "./run-pair.ts";

export type Pairs = {
  readonly runs: number;
  readonly seed: number;
  readonly mutant?: PairMutant;
  /** False: the first that fails is not made smaller. */
  readonly shrink?: boolean;
};

export type PairsOutcome = {
  readonly tally: Tally;
  /** Null: all held. */
  readonly why: string | null;
};

export async function runPairs({ runs, seed, mutant, shrink }: Pairs): Promise<PairsOutcome> {
  const tally: Tally = new Map();
  const property = fc.asyncProperty(pairHistories, (history) => runPair(history, tally, mutant));
  const { failed, errorInstance, counterexample } = await fc.check(property, {
    seed,
    numRuns: runs,
    endOnFailure: shrink === false,
  });
  if (!failed) return { tally, why: null };
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return {
    tally,
    why: `${why}\n\nthe history: ${JSON.stringify(counterexample?.[0])}, seed ${seed}`,
  };
}
