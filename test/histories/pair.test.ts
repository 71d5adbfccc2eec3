// Two routers that stand for each other, in random histories: failovers, one that is down, persons at one
// of them, marks that are nobody's, deletions that are refused or not carried out.
import { describe, expect, test } from "vitest";
import { pairMutants } from "./pair/pair-mutants.ts";
import { runPairs } from "./pair/run-many-pairs.ts";
import { randomSeed } from "./run-many.ts";

const RUNS = 60;
const SEED = 20_261_128;
const LIMIT_MS = 240_000;

test(
  `${RUNS} random histories of two routers, of a new seed, hold`,
  async () => {
    expect((await runPairs({ runs: RUNS, seed: randomSeed() })).why).toBeNull();
  },
  LIMIT_MS,
);

test(
  `${RUNS} random histories of two routers hold`,
  async () => {
    const { tally, why } = await runPairs({ runs: RUNS, seed: SEED });

    expect(why).toBeNull();
    // They have in them what they are about.
    for (const what of ["failover", "down", "deletes", "person"])
      expect(tally.get(what) ?? 0, what).toBeGreaterThan(5);
    expect(tally.get("remediate: recovered") ?? 0).toBeGreaterThan(RUNS);
    expect(tally.get("withdraw: withdrawn") ?? 0).toBeGreaterThan(RUNS);
  },
  LIMIT_MS,
);

describe("they notice an agent that", () => {
  test.each(pairMutants)(
    "$mistake",
    async (mutant) => {
      // Not every seed draws what a mistake needs.
      for (const seed of [1, 2, 3]) {
        const { why } = await runPairs({ runs: 100, seed, mutant, shrink: false });
        if (why === null && seed < 3) continue;
        expect(why).toMatch(mutant.sees);
        return;
      }
    },
    LIMIT_MS,
  );
});
