import { expect, test } from "vitest";
import { goodRound, tooOld } from "../../../agent/words/words-of-healing.ts";
import type { Healing } from "../../../src/protocol/calls.ts";
import { NOW } from "../../support/a-round.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function healing(hoursAgo: readonly number[], neededMs = DAY): Healing {
  const goodRounds = hoursAgo.map((hours) => NOW - hours * HOUR);
  return { since: NOW - 30 * DAY, goodRounds, neededRounds: 6, neededMs, relapses: 0 };
}

test.each<[string, Healing, string]>([
  ["the first", healing([]), "first good round now, 24 h and 5 good rounds to go."],
  ["the fifth", healing([16, 12, 8, 4]), "first good round 16 h ago, 8 h and 1 good round to go."],
  [
    "more than needed, too early",
    healing(
      Array.from({ length: 11 }, (_, at) => 44 - 4 * at),
      2 * DAY,
    ),
    "first good round 44 h ago, 4 h to go.",
  ],
  ["late, and too few", healing([47.5]), "first good round 47 h ago, 4 good rounds to go."],
  [
    "the last",
    healing([24, 20, 16, 12, 8]),
    "has answered every try behind the rule for 24 h, in 6 good rounds.",
  ],
])("a good round, %s: %#", (_which, seen, words) => {
  expect(goodRound(seen, NOW)).toMatch(new RegExp(`${words.replaceAll(".", "\\.")}$`));
});

test("a rule is too old from the age on that is set", () => {
  const seen = healing([]);

  expect(tooOld(seen, NOW, 30 * DAY)).toMatch(/^THE RULE HAS STOOD FOR 30 DAYS/);
  expect(tooOld(seen, NOW, 30 * DAY + 1)).toBe("");
});
