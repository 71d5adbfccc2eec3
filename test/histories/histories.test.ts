// The router adapter in random histories: jobs, crashes after any byte, faults S60 to S69, persons.
import { describe, expect, test } from "vitest";
import { mutants } from "./mutants.ts";
import { inWords, randomSeed, runMany } from "./run-many.ts";

const RUNS = 110;
const SEED = 20_261_123;
const LIMIT_MS = 120_000;

const promise =
  "end with one rule of ours at most, nothing foreign changed, and what is wanted or a report of what is not";

test(
  `${RUNS} random histories of seed ${SEED} ${promise}`,
  async () => {
    const outcome = await runMany({ runs: RUNS, seed: SEED });

    expect(inWords(outcome)).toBe("");
    // It has in it what it is about.
    const seen = (what: string) => outcome.tally.get(what) ?? 0;
    expect(seen("died")).toBeGreaterThan(15);
    expect(seen("cut")).toBeGreaterThan(15);
    expect(seen("remediate: recovered")).toBeGreaterThan(80);
    expect(seen("remediate: router-failed")).toBeGreaterThan(5);
    expect(seen("withdraw: withdrawn")).toBeGreaterThan(40);
  },
  LIMIT_MS,
);

test(
  `${RUNS} random histories of a new seed ${promise}`,
  async () => {
    expect(inWords(await runMany({ runs: RUNS, seed: randomSeed() }))).toBe("");
  },
  LIMIT_MS,
);

describe("histories notice an agent that", () => {
  test.each(mutants)(
    "$mistake",
    async (mutant) => {
      // Not every seed draws what a mistake needs.
      for (const seed of [1, 2, 3]) {
        const { failure } = await runMany({ runs: 150, seed, mutant, shrink: false });
        if (failure === null && seed < 3) continue;
        expect(failure?.why).toMatch(mutant.sees);
        return;
      }
    },
    LIMIT_MS,
  );
});
