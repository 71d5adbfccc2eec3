// What must hold after each attempt at a job, judged by both routers' own tables.
import type { Policy } from "../../../agent/ports/policy.ts";
import type { ClaimedJob } from "../../../src/protocol/calls.ts";
import type { RuleState } from "../../../src/protocol/report.ts";
import type { Ending } from "../../support/a-world.ts";
import { isAsWanted, isEnabled, type Truth } from "../truth.ts";
import { Violation } from "../watch.ts";
import type { PairHistory, PairJob, Which } from "./pair-history.ts";

export type PairAttempt = {
  readonly step: PairJob;
  readonly job: ClaimedJob;
  readonly before: readonly [Truth, Truth];
  readonly after: readonly [Truth, Truth];
  /** What the Worker knew of the rule. */
  readonly seen: RuleState | null;
  /** On which routers the report looked that said so. */
  readonly lookedOn: readonly Which[];
  readonly ending: Ending;
  /** No failover on the way, and deletions are carried out. */
  readonly calm: boolean;
  /** At its start. */
  readonly forwards: Which;
  readonly down: readonly [boolean, boolean];
  readonly reached: PairHistory["reached"];
  readonly policy: Policy;
};

const ROUTERS = [0, 1] as const;

/** All routers are called by their number, 1 and 2. */
export function checkPairJob(attempt: PairAttempt): void {
  leavesForeign(attempt);
  leavesAPersonsWill(attempt);
  leavesOthersTheirs(attempt);
  setsItOnEach(attempt);
  takesItOffEach(attempt);
  knowsWhoAnswers(attempt);
}

/** Those that the agent asks. */
export function asked({
  reached,
  forwards,
  down,
}: Pick<PairAttempt, "reached" | "forwards" | "down">): Which[] {
  return ROUTERS.filter((which) => (reached === "both" ? !down[which] : which === forwards));
}

function leavesForeign({ before, after }: PairAttempt): void {
  for (const which of ROUTERS) {
    const [was, is] = [before[which].foreign, after[which].foreign].map((all) => all.join("\n"));
    if (was !== is)
      throw new Violation(`something foreign changed on ${which + 1}:\n${was}\nnow:\n${is}`);
  }
}

/** What a person disabled anywhere, or removed everywhere, no alert's job puts back. */
function leavesAPersonsWill(attempt: PairAttempt): void {
  const { job, before, after, seen, lookedOn } = attempt;
  if (job.origin.person) return;
  const its = asked(attempt);
  const added = its.some((which) => after[which].rules.length > before[which].rules.length);
  const disabled = its.some((which) => {
    const { rules } = before[which];
    return rules.length > 0 && !rules.some(isEnabled);
  });
  const known = its.every((which) => lookedOn.includes(which));
  const removed =
    known && seen?.state === "present" && its.every((w) => before[w].rules.length === 0);
  if (added && (disabled || removed))
    throw new Violation(
      `an alert's job put back what a person ${disabled ? "disabled" : "removed"}`,
    );
}

/** Another cluster's marker stays, and our rule with it, unless a person wants it anew. */
function leavesOthersTheirs({ step, before, after }: PairAttempt): void {
  for (const which of ROUTERS) {
    const others = before[which].users.filter((name) => name !== step.cluster);
    const gone = others.filter((name) => !after[which].users.includes(name));
    if (gone.length > 0)
      throw new Violation(`the marker of ${gone.join()} is gone on ${which + 1}`);
    const removed = before[which].rules.some(isEnabled) && !after[which].rules.some(isEnabled);
    if (others.length > 0 && removed && step.job === "withdraw")
      throw new Violation(`took off on ${which + 1} what ${others.join()} uses`);
  }
}

function setsItOnEach(attempt: PairAttempt): void {
  const { step, after, ending, calm, policy } = attempt;
  if (ending.report.outcome !== "recovered" || !calm) return;
  for (const which of asked(attempt)) {
    const { rules, users } = after[which];
    const good = rules.filter((rule) => isEnabled(rule) && isAsWanted(rule, policy));
    if (good.length !== 1 || rules.length !== 1)
      throw new Violation(`recovered, and ${good.length} of ${rules.length} rules on ${which + 1}`);
    if (!users.includes(step.cluster))
      throw new Violation(`${step.cluster} relies on our rule and left no marker on ${which + 1}`);
  }
}

/** Withdrawn is said of every router that ROUTER_URL names, and only where it is so. */
function takesItOffEach({ step, after, ending, reached, forwards, ...rest }: PairAttempt): void {
  const { outcome, summary } = ending.report;
  if (outcome !== "withdrawn" || summary.includes("stays on the router")) return;
  const meant = ROUTERS.filter((which) => reached === "both" || which === forwards);
  for (const which of meant) {
    if (after[which].rules.length > 0)
      throw new Violation(`withdrawn, but something of ours is left on ${which + 1}`);
    if (rest.down[which] && step.job === "withdraw" && reached === "both")
      throw new Violation(`withdrawn, though ${which + 1} was not reached`);
  }
}

/** On a router on which no report has looked nobody has removed anything. */
function knowsWhoAnswers(attempt: PairAttempt): void {
  const { job, before, lookedOn, ending } = attempt;
  if (job.origin.person || ending.report.outcome !== "held-by-person") return;
  const its = asked(attempt);
  const disabled = its.some((which) => before[which].rules.some((rule) => !isEnabled(rule)));
  const isNew = its.some((which) => !lookedOn.includes(which));
  if (isNew && !disabled)
    throw new Violation(`held by a person who did nothing on ${its.map((w) => w + 1).join()}`);
}
