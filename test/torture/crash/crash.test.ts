// Killed at any call, alone or with the Worker, or stopped for longer than its lease: the job ends as it
// would have. Every seventh point here; `npm run torture` meets them all.
import { describe, expect, test } from "vitest";
import { CRASH_MUTANTS } from "./mutants.ts";
import { failedInWords, runCrashes } from "./run-crashes.ts";
import { STORIES } from "./stories.ts";

const LIMIT_MS = 180_000;

test(
  "the agent killed or frozen at every seventh of its calls",
  async () => {
    const outcome = await runCrashes({ crashes: ["agent", "frozen"], everyNth: 7 });

    expect(failedInWords(outcome.failed)).toBe("");
    expect(outcome.points - outcome.notReached).toBeGreaterThan(50);
  },
  LIMIT_MS,
);

test(
  "the Worker killed, alone and with the agent, at some of its calls",
  async () => {
    const stories = STORIES.filter(({ name }) => name === "a fix");
    const outcome = await runCrashes({ crashes: ["worker", "both"], stories, everyNth: 9 });

    expect(failedInWords(outcome.failed)).toBe("");
    expect(outcome.points - outcome.notReached).toBeGreaterThan(2);
  },
  LIMIT_MS,
);

describe("crash points notice an agent that", () => {
  test.each(CRASH_MUTANTS)(
    "$mistake",
    async ({ story, crash, distort, sees }) => {
      const stories = STORIES.filter(({ name }) => name === story);
      const wanted = { crashes: [crash], stories, mistake: distort, untilFailed: true };
      const { failed } = await runCrashes({ ...wanted, lanes: 1 });

      expect(failedInWords(failed)).toMatch(sees);
    },
    LIMIT_MS,
  );
});
