// Our rule is taken off the router.
import type { RuleState } from "../../src/protocol/report.ts";
import type { Finding } from "../diagnosis/finding.ts";
import { usedByInWords } from "../plan/our-rule.ts";
import { finish, isLastAttempt, retry, type Stop, type Told } from "../plan/stop.ts";
import { withdrawAll } from "../ports/withdraw-all.ts";
import type { Result } from "../ports/result.ts";
import type { Work, World } from "../ports/world.ts";

/**
 * Withdraws what this job added: `no-better`, or `rule-uncertain` if that can't be confirmed. Without
 * the right to write it is left to the next attempt. `told`: what is said besides.
 */
export async function takeOff(work: Work, finding: Finding, told: Told): Promise<Stop> {
  const { job, world } = work;
  const say = (more: Told): Told => ({
    ...told,
    ...more,
    summary: `${told.summary} ${more.summary}`,
  });
  const allowed = await world.lease.mayWrite({ on: "router", what: "withdraw our rule" });
  if (!allowed.ok)
    return retry(
      finding,
      say({ summary: "It was not withdrawn yet.", error: allowed.error.message }),
    );
  const withdrawn = await withdrawOurs(world);
  if (withdrawn.ok) {
    const { rule, usedBy } = withdrawn.value;
    const summary = usedBy === "" ? "It was withdrawn again." : usedBy;
    return finish(finding, say({ outcome: "no-better", rule, summary }));
  }
  const uncertain = say({
    outcome: "rule-uncertain",
    rule: withdrawn.error.rule,
    summary: "Withdrawing it could not be confirmed: LOOK AT THE ROUTER.",
    error: withdrawn.error.message,
  });
  return isLastAttempt(job) ? finish(finding, uncertain) : retry(finding, uncertain);
}

/** Why our rule goes, and what the job ends as once it is gone. */
export type Reason = Pick<Told, "after" | "recheck"> & {
  readonly why: string;
  readonly outcome: "withdrawn" | "healed" | "no-better";
  /** For other clusters behind the same router, too. */
  readonly scope?: "all";
  /** The MSS clamps go as well; left out: only the rule. */
  readonly remedies?: "all";
};

/**
 * Removes what is ours. The right to write is asked for first; the answer also tells whether somebody
 * cancelled.
 */
export async function withdrawNow(
  { job, world }: Work,
  finding: Finding,
  { why, outcome, scope, remedies, ...seen }: Reason,
): Promise<Stop> {
  const { lease } = world;
  const allowed = await lease.mayWrite({ on: "router", what: "withdraw our rule" });
  if (!allowed.ok) {
    const summary = `${why} Our rule was not withdrawn.`;
    return retry(finding, { ...seen, summary, error: allowed.error.message });
  }
  if (lease.cancelled()) {
    const summary = `${why} Cancelled before our rule was withdrawn.`;
    // The announcement made the Worker unsure of a rule that nobody touched.
    const rule = finding.view === null ? world.lastRule : null;
    return finish(finding, { ...seen, outcome: "cancelled", rule, summary });
  }
  const withdrawn = await withdrawOurs(world, scope, remedies);
  if (!withdrawn.ok) {
    const { uncertain, again, rule, message: error } = withdrawn.error;
    const told: Told = {
      ...seen,
      outcome: uncertain ? "rule-uncertain" : "router-failed",
      rule,
      summary: `${why} Withdrawing our rule could not be confirmed: LOOK AT THE ROUTER.`,
      error,
    };
    return again && !isLastAttempt(job) ? retry(finding, told) : finish(finding, told);
  }
  const { removed, rule, leftAlone, usedBy } = withdrawn.value;
  const gone = removed === 0 ? "There was none of ours." : "Our rule was withdrawn.";
  const count = usedBy === "" ? gone : usedBy;
  return finish(finding, { ...seen, outcome, rule, summary: `${why} ${count}`, leftAlone });
}

type Withdrawn = {
  readonly removed: number;
  readonly rule: RuleState;
  readonly leftAlone: readonly string[];
  /** In words; empty if no other cluster uses it. */
  readonly usedBy: string;
};
type NotWithdrawn = {
  readonly uncertain: boolean;
  readonly again: boolean;
  readonly message: string;
  readonly rule: RuleState;
};

async function withdrawOurs(
  world: World,
  scope?: "all",
  remedies?: "all",
): Promise<Result<Withdrawn, NotWithdrawn>> {
  const { router, journal, clock } = world;
  const unknown = { state: "unknown", ours: true, at: clock.now() } as const;
  if (router === null) {
    const message = "no router is configured";
    return { ok: false, error: { uncertain: true, again: false, message, rule: unknown } };
  }
  const result = await journal.stage("withdraw", () =>
    remedies === "all" ? withdrawAll(router, scope) : router.withdraw(scope),
  );
  if (!result.ok) {
    const { uncertain, next, message, actions = [] } = result.error;
    journal.note(...actions);
    const again = uncertain || next === "retry";
    return { ok: false, error: { uncertain, again, message, rule: unknown } };
  }
  const { removed, actions, leftAlone = [], stays = false } = result.value;
  journal.note(...actions);
  const at = clock.now();
  const rule: RuleState = stays
    ? { state: "present", ours: true, at }
    : { state: "absent", ours: false, at };
  return { ok: true, value: { removed, rule, leftAlone, usedBy: usedByInWords(result.value) } };
}
