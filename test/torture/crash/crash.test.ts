// Killed at any call, alone or with the Worker, or stopped for longer than its lease: the job ends as it
// would have. Every twentieth point here; `npm run torture` meets them all, and plants mistakes.
import { expect, test } from "vitest";
import { failedInWords, runCrashes } from "./run-crashes.ts";
import { STORIES } from "./stories.ts";

/** A minute on a quiet machine. */
const LIMIT_MS = 600_000;

test(
  "the agent killed or frozen at every twentieth of its calls",
  async () => {
    const outcome = await runCrashes({ crashes: ["agent", "frozen"], everyNth: 20 });

    expect(failedInWords(outcome.failed)).toBe("");
    expect(outcome.points - outcome.notReached).toBeGreaterThan(30);
  },
  LIMIT_MS,
);

test(
  "the Worker killed, alone and with the agent, at some of its calls",
  async () => {
    const stories = STORIES.filter(({ name }) => name === "a fix");
    const outcome = await runCrashes({ crashes: ["worker", "both"], stories, everyNth: 15 });

    expect(failedInWords(outcome.failed)).toBe("");
    expect(outcome.points - outcome.notReached).toBeGreaterThan(1);
  },
  LIMIT_MS,
);
