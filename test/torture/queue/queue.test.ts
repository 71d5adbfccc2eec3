// The queue of a real Worker in random histories: many agents, slow ones, calls that come twice, late or
// after a step of the clock.
import { describe, expect, test } from "vitest";
import { QUEUE_MUTANTS } from "./mutants.ts";
import { queueInWords, runQueues } from "./run-many.ts";

const RUNS = 80;
const SEED = 20_261_128;
/** A minute on a quiet machine. */
const LIMIT_MS = 600_000;

test(
  `${RUNS} random histories of seed ${SEED}: nothing lost, one lease at a time, no old fence, every job ends`,
  async () => {
    const outcome = await runQueues({ runs: RUNS, seed: SEED });

    expect(queueInWords(outcome)).toBe("");
    // They have in them what they are about.
    const seen = (what: string) => outcome.tally.get(what) ?? 0;
    expect(seen("report 200")).toBeGreaterThan(RUNS / 2);
    expect(seen("progress 409") + seen("report 409")).toBeGreaterThan(RUNS / 20);
  },
  LIMIT_MS,
);

// The others need more histories: `npm run torture -- --only mutants`.
describe("histories notice a Worker that", () => {
  test.each(QUEUE_MUTANTS.filter(({ isQuick }) => isQuick))(
    "$mistake",
    async (planted) => {
      const { failure } = await runQueues({
        runs: 500,
        seed: SEED,
        mistake: planted,
        shrink: false,
      });

      expect(failure?.why).toMatch(planted.sees);
    },
    LIMIT_MS,
  );
});
