// A write that was frozen for longer than its lease lands after a person's undo: it is found and taken off.
import { expect, test } from "vitest";
import { lookAfterUndo } from "../../../agent/loop/after-undo.ts";
import { homeRules } from "../../../sim/routeros/home-rules.ts";
import { aJob, BY_PERSON } from "../../support/a-policy.ts";
import { aRouterWorld, valueOf, wanted } from "../router/router-world.ts";

const MINUTE = 60_000;
const POLL = 5 * MINUTE;
const WITHDRAWN = { outcome: "withdrawn" } as const;
const AN_UNDO = aJob({ kind: "withdraw", origin: BY_PERSON });

async function aSite() {
  const { router } = await aRouterWorld({ rules: homeRules });
  const time = { now: 1_700_000_000_000 };
  const log: string[] = [];
  const after = lookAfterUndo(router, POLL, {
    clock: { now: () => time.now },
    log: (message) => void log.push(message),
  });
  const marked = async () => valueOf(await router.look()).marked;
  /** A process that was stopped in the middle of its write goes on with it. */
  const lateWrite = async () => void valueOf(await router.ensure(wanted, () => true));
  const pass = async (ms: number) => {
    time.now += ms;
    await after.turn();
  };
  return { router, after, log, marked, lateWrite, pass };
}

test("what lands after the undo is taken off a minute later, and the log says so", async () => {
  const { after, router, log, marked, lateWrite, pass } = await aSite();
  await lateWrite();
  valueOf(await router.withdraw());
  after.ended(AN_UNDO, WITHDRAWN);
  await lateWrite();

  await pass(MINUTE - 1);
  expect(await marked()).toBe(1);
  await pass(1);

  expect(await marked()).toBe(0);
  expect(log).toEqual([
    "our rule was back after a person's undo: a write that was late; taken off again",
  ]);
});

test("it looks each poll for an hour, then daily", async () => {
  const { after, pass } = await aSite();
  after.ended(AN_UNDO, WITHDRAWN);
  const gaps: number[] = [];
  for (let look = 0; look < 16; look += 1) {
    gaps.push(after.dueInMs() / MINUTE);
    await pass(after.dueInMs());
  }
  expect(gaps).toEqual([1, ...Array.from({ length: 12 }, () => 5), 1440, 1440, 1440]);
});

test("a write that lands days later is found, too", async () => {
  const { after, marked, lateWrite, pass } = await aSite();
  after.ended(AN_UNDO, WITHDRAWN);
  for (let look = 0; look < 14; look += 1) await pass(after.dueInMs());
  await lateWrite();
  await pass(after.dueInMs());
  expect(await marked()).toBe(0);
});

test("a person's fix ends it: the rule stays", async () => {
  const { after, marked, lateWrite, pass } = await aSite();
  after.ended(AN_UNDO, WITHDRAWN);
  await lateWrite();
  after.ended(aJob({ origin: BY_PERSON }), { outcome: "recovered" });
  expect(after.dueInMs()).toBe(Infinity);
  await pass(2 * MINUTE);
  expect(await marked()).toBe(1);
});

test.each([
  ["a job of an alert", aJob(), { outcome: "stood-down" }],
  ["a person's diagnosis", aJob({ kind: "diagnose", origin: BY_PERSON }), { outcome: "observed" }],
] as const)("%s does not end it", async (_name, job, report) => {
  const { after } = await aSite();
  after.ended(AN_UNDO, WITHDRAWN);
  after.ended(job, report);
  expect(after.dueInMs()).toBe(MINUTE);
});

test.each([
  ["no undo at all", aJob(), { outcome: "recovered" }],
  ["a rule that had healed", aJob({ kind: "recheck" }), { outcome: "healed" }],
  ["an undo that failed", AN_UNDO, { outcome: "router-failed" }],
] as const)("after %s nothing is looked for", async (_name, job, report) => {
  const { after } = await aSite();
  after.ended(job, report);
  expect(after.dueInMs()).toBe(Infinity);
});
