// What is remembered of the path's healing, as one table: each line is one state and one event.
import { expect, test } from "vitest";
import {
  healingOf,
  isKept,
  NOTHING_KNOWN,
  remember,
  wantsRecheck,
  type HealingEvent,
  type HealingTimes,
  type Memory,
} from "../../../src/jobs/healing.ts";
import type { RuleState } from "../../../src/protocol/report.ts";
import { HOUR, NOW } from "../support/a-job.ts";

const DAY = 24 * HOUR;
const TIMES: HealingTimes = {
  recheckMs: 4 * HOUR,
  neededRounds: 6,
  healMs: DAY,
  relapseMs: 7 * DAY,
};

const ours: RuleState = { state: "present", ours: true, at: NOW, life: "until-healed" };
const day = (days: number): number => NOW + days * DAY;

function rule(changes: Partial<RuleState>): HealingEvent {
  return { kind: "rule", at: NOW, rule: { ...ours, ...changes } };
}

const memories = {
  "nothing known": NOTHING_KNOWN,
  stands: { ...NOTHING_KNOWN, since: day(-2), goodRounds: [day(-1)] },
  "healed a week ago": { ...NOTHING_KNOWN, healedAt: [day(-7)] },
  "healed eight days ago": { ...NOTHING_KNOWN, healedAt: [day(-20), day(-8)], relapses: 1 },
  "relapsed, then withdrawn": { ...NOTHING_KNOWN, healedAt: [day(-3)], relapses: 1 },
  "healed after two relapses": {
    ...NOTHING_KNOWN,
    healedAt: [day(-9), day(-6), day(-1)],
    relapses: 2,
  },
  kept: { since: day(-1), goodRounds: [], healedAt: [day(-9), day(-6), day(-2)], relapses: 3 },
} satisfies Record<string, Memory>;

/** Nothing of ours stands that is to go: all of these are the same. */
const gone = {
  "our rule that is to stay": rule({ life: "keep" }),
  "our rule of an agent that says nothing of its life": {
    kind: "rule",
    at: NOW,
    rule: { state: "present", ours: true, at: NOW },
  },
  "a person's rule": rule({ ours: false }),
  "our rule, disabled by a person": rule({ disabled: true }),
} satisfies Record<string, HealingEvent>;

const events = {
  "rule seen": rule({}),
  "rule gone": rule({ state: "absent", ours: false }),
  "rule unknown": { kind: "rule", at: NOW, rule: { state: "unknown", ours: true, at: NOW } },
  "good round": { kind: "round", at: NOW, good: true },
  "bad round": { kind: "round", at: NOW, good: false },
  healed: { kind: "healed", at: NOW },
  fix: { kind: "fix" },
} satisfies Record<string, HealingEvent>;

function spelled(memory: Memory): string {
  const days = (at: number): string => `${(at - NOW) / DAY}d`;
  const stands = memory.since === null ? "no rule" : `since ${days(memory.since)}`;
  const good = memory.goodRounds.map((at) => ` good ${days(at)}`).join("");
  const healed = memory.healedAt.map((at) => ` healed ${days(at)}`).join("");
  return `${stands}${good}${healed}, relapses ${memory.relapses}${isKept(memory) ? ", kept" : ""}`;
}

test("every memory meets every event as the rule's life says", () => {
  const table = Object.entries(events).flatMap(([what, event]) =>
    Object.entries(memories).map(([name, before]) => {
      const after = remember(before, event, TIMES);
      return `${name} + ${what} -> ${after === before ? "the same" : spelled(after)}`;
    }),
  );

  expect(table.join("\n")).toMatchInlineSnapshot(`
    "nothing known + rule seen -> since 0d, relapses 0
    stands + rule seen -> the same
    healed a week ago + rule seen -> since 0d healed -7d, relapses 1
    healed eight days ago + rule seen -> since 0d, relapses 0
    relapsed, then withdrawn + rule seen -> since 0d healed -3d, relapses 1
    healed after two relapses + rule seen -> since 0d healed -9d healed -6d healed -1d, relapses 3, kept
    kept + rule seen -> the same
    nothing known + rule gone -> the same
    stands + rule gone -> no rule, relapses 0
    healed a week ago + rule gone -> the same
    healed eight days ago + rule gone -> the same
    relapsed, then withdrawn + rule gone -> the same
    healed after two relapses + rule gone -> the same
    kept + rule gone -> no rule, relapses 0
    nothing known + rule unknown -> the same
    stands + rule unknown -> the same
    healed a week ago + rule unknown -> the same
    healed eight days ago + rule unknown -> the same
    relapsed, then withdrawn + rule unknown -> the same
    healed after two relapses + rule unknown -> the same
    kept + rule unknown -> the same
    nothing known + good round -> the same
    stands + good round -> since -2d good -1d good 0d, relapses 0
    healed a week ago + good round -> the same
    healed eight days ago + good round -> the same
    relapsed, then withdrawn + good round -> the same
    healed after two relapses + good round -> the same
    kept + good round -> since -1d good 0d healed -9d healed -6d healed -2d, relapses 3, kept
    nothing known + bad round -> the same
    stands + bad round -> since -2d, relapses 0
    healed a week ago + bad round -> the same
    healed eight days ago + bad round -> the same
    relapsed, then withdrawn + bad round -> the same
    healed after two relapses + bad round -> the same
    kept + bad round -> the same
    nothing known + healed -> the same
    stands + healed -> no rule healed 0d, relapses 0
    healed a week ago + healed -> the same
    healed eight days ago + healed -> the same
    relapsed, then withdrawn + healed -> the same
    healed after two relapses + healed -> the same
    kept + healed -> no rule healed -9d healed -6d healed -2d healed 0d, relapses 3, kept
    nothing known + fix -> the same
    stands + fix -> the same
    healed a week ago + fix -> the same
    healed eight days ago + fix -> no rule healed -8d, relapses 0
    relapsed, then withdrawn + fix -> no rule, relapses 0
    healed after two relapses + fix -> no rule healed -1d, relapses 0
    kept + fix -> since -1d, relapses 0"
  `);
});

test.each(Object.entries(gone))("%s is as good as none", (_, event) => {
  const outcomes = (seen: HealingEvent) =>
    Object.values(memories).map((before) => remember(before, seen, TIMES));

  expect(outcomes(event)).toEqual(outcomes(events["rule gone"]));
});

test("a recheck is wanted while the rule stands and is not kept", () => {
  const wanted = Object.entries(memories).filter(([, memory]) => wantsRecheck(memory));

  expect(wanted.map(([name]) => name)).toEqual(["stands"]);
});

test.each([
  [0, DAY],
  [1, 2 * DAY],
  [2, 4 * DAY],
])("after %i relapses the good rounds must cover %i ms", (relapses, neededMs) => {
  const memory = { ...memories.stands, healedAt: Array(relapses).fill(day(-1)), relapses };

  expect(healingOf(memory, TIMES)).toEqual({
    since: day(-2),
    goodRounds: [day(-1)],
    neededRounds: 6,
    neededMs,
    relapses,
  });
});

test("without a standing rule nothing heals", () => {
  expect(healingOf(memories["healed a week ago"], TIMES)).toBe(null);
});

test("of many good rounds the first and the newest 99 are remembered", () => {
  const rounds = Array.from({ length: 250 }, (_, count) => NOW + count);
  const after = rounds.reduce<Memory>(
    (memory, at) => remember(memory, { kind: "round", at, good: true }, TIMES),
    { ...memories.stands, goodRounds: [] },
  );

  expect(after.goodRounds).toEqual([NOW, ...rounds.slice(-99)]);
});

test("a path that heals and fails again and again is given up on at the third time", () => {
  let memory: Memory = NOTHING_KNOWN;
  const wanted: boolean[] = [];
  for (let cycle = 0; cycle < 4; cycle += 1) {
    const at = NOW + cycle * 8 * DAY;
    memory = remember(memory, { kind: "rule", at, rule: ours }, TIMES);
    wanted.push(wantsRecheck(memory));
    memory = remember(memory, { kind: "healed", at: at + 2 * DAY }, TIMES);
  }

  expect(wanted).toEqual([true, true, true, false]);
});

test("a healing that lasts longer than a week makes up for the relapses before it", () => {
  const again = remember(memories["healed eight days ago"], events["rule seen"], TIMES);
  const healed = remember(again, { kind: "healed", at: day(1) }, TIMES);

  const relapsed = remember(healed, { kind: "rule", at: day(2), rule: ours }, TIMES);

  expect(relapsed.relapses).toBe(1);
});
