// Is the path healed? What is remembered of it while our rule stands and after it went. Pure.
// Times are milliseconds since the epoch.
import * as z from "zod/mini";
import type { Healing } from "../protocol/calls.ts";
import { isBeyond } from "./clock-step.ts";
import type { RuleState } from "../protocol/report.ts";

export type HealingTimes = {
  /** Between the report that showed the rule and the first recheck, and between two rechecks. */
  readonly recheckMs: number;
  readonly neededRounds: number;
  /** From the first good round on, before the first relapse. */
  readonly healMs: number;
  /** A rule that is needed again within this time of a healing is a relapse. */
  readonly relapseMs: number;
};

/**
 * `since`: our rule stands from then on and is to go when the path has healed; null if not so.
 * `goodRounds`: without a bad one between them. `healedAt`: the healings that the relapses followed,
 * and one more if none has followed it yet.
 */
export const Memory = z.object({
  since: z.nullable(z.number()),
  goodRounds: z.array(z.number()),
  healedAt: z.array(z.number()),
  relapses: z.number(),
});
export type Memory = z.infer<typeof Memory>;

export const NOTHING_KNOWN: Memory = { since: null, goodRounds: [], healedAt: [], relapses: 0 };

export type HealingEvent =
  /** A report's word on the rule. */
  | { readonly kind: "rule"; readonly at: number; readonly rule: RuleState }
  /** A recheck measured IPv6 past the rule. */
  | { readonly kind: "round"; readonly at: number; readonly good: boolean }
  /** A recheck found the path healed and withdrew the rule. */
  | { readonly kind: "healed"; readonly at: number }
  /** A person asked for a fix. */
  | { readonly kind: "fix" };

/** Two relapses may be chance; the third says that the path does not stay well. */
const RELAPSES_KEPT = 3;
/** A path that is well and whose rule nobody may withdraw must not fill the memory. */
const ROUNDS_KEPT = 100;

/** The memory after an event; the same object if the event says nothing new. */
export function remember(before: Memory, event: HealingEvent, times: HealingTimes): Memory {
  switch (event.kind) {
    case "rule":
      return ruleSeen(before, event, times);
    case "round":
      return roundTaken(before, event);
    case "healed":
      if (before.since === null) return before;
      return { ...before, since: null, goodRounds: [], healedAt: [...before.healedAt, event.at] };
    case "fix":
      return before.relapses === 0 ? before : forgiven(before);
  }
}

/** The path has failed again so often that no recheck takes the rule off any more. */
export function isKept({ relapses }: Memory): boolean {
  return relapses >= RELAPSES_KEPT;
}

/** The rule stands, and is to go once the path has healed. */
export function wantsRecheck(memory: Memory): boolean {
  return memory.since !== null && !isKept(memory);
}

/** What an agent and a person need to know; null while no rule stands that is to go. */
export function healingOf(memory: Memory, times: HealingTimes): Healing | null {
  const { since, goodRounds, relapses } = memory;
  if (since === null) return null;
  const neededMs = times.healMs * 2 ** relapses;
  return { since, goodRounds, neededRounds: times.neededRounds, neededMs, relapses };
}

function ruleSeen(
  before: Memory,
  { at, rule }: { readonly at: number; readonly rule: RuleState },
  times: HealingTimes,
): Memory {
  // An announced write that nobody reported: the next recheck finds out what came of it.
  if (rule.state === "unknown") return before;
  const stands =
    rule.state === "present" && rule.ours && rule.life === "until-healed" && rule.disabled !== true;
  if (!stands) return before.since === null ? before : gone(before);
  return before.since === null ? appear(before, at, times) : before;
}

/** Not healed: a person removed the rule, or IPv4 was lost. With a kept rule its relapses go too. */
function gone(before: Memory): Memory {
  return isKept(before) ? NOTHING_KNOWN : { ...before, since: null, goodRounds: [] };
}

function appear(before: Memory, at: number, { relapseMs }: HealingTimes): Memory {
  const { healedAt, relapses } = before;
  const last = healedAt.at(-1);
  const standing = { ...before, since: at, goodRounds: [] };
  // Each healing can be followed by one relapse; this rule may have gone in another way since.
  if (last === undefined || healedAt.length === relapses) return standing;
  if (at - last <= relapseMs && !isBeyond(last, 0, at))
    return { ...standing, relapses: relapses + 1 };
  return { ...standing, healedAt: [], relapses: 0 };
}

function roundTaken(
  before: Memory,
  { at, good }: { readonly at: number; readonly good: boolean },
): Memory {
  if (before.since === null) return before;
  if (!good) return before.goodRounds.length === 0 ? before : { ...before, goodRounds: [] };
  // Rounds that a clock since set back has put ahead say nothing of the time between them.
  const known = before.goodRounds.filter((round) => !isBeyond(round, 0, at));
  const [first = at, ...later] = known;
  const goodRounds = known.length === 0 ? [at] : [first, ...later.slice(2 - ROUNDS_KEPT), at];
  return { ...before, since: Math.min(before.since, at), goodRounds };
}

/** Only a healing that no relapse has followed yet is still of interest. */
function forgiven(before: Memory): Memory {
  return { ...before, relapses: 0, healedAt: before.healedAt.slice(before.relapses) };
}
