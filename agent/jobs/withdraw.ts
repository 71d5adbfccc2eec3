// Taking our rule back: what a job added and did not help, our rule when IPv4 is lost, and the
// job `withdraw`.
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import type { RuleState } from "../../src/protocol/report.ts";
import { secondRound } from "../stages/confirm.ts";
import {
  done,
  isLastAttempt,
  routerUnread,
  sentenceOf,
  stoodDown,
  type Ending,
} from "../stages/ending.ts";
import { emptyFinding, hostsThat, type Finding } from "../diagnosis/finding.ts";
import type { Journal } from "../loop/journal.ts";
import { behindInWords, ourRule } from "../plan/our-rule.ts";
import { reporterOf, type Reporter, type Told } from "../loop/report.ts";
import type { World } from "../ports/world.ts";

export type TakenBack = { readonly next: "done" | "retry"; readonly told: Told };

/**
 * Withdraws what this job added: `no-better`, or `rule-uncertain` if that can't be confirmed.
 * Without the right to write it is left to the next attempt.
 */
export async function takeBack(
  job: ClaimedJob,
  world: World,
  journal: Journal,
): Promise<TakenBack> {
  const allowed = await world.lease.mayWrite("router", "withdraw our rule");
  if (!allowed.ok)
    return {
      next: "retry",
      told: { summary: "It was not withdrawn yet.", error: allowed.error.message },
    };
  const withdrawn = await withdrawOurs(world, journal);
  const told: Told = withdrawn.ok
    ? { outcome: "no-better", rule: withdrawn.rule, summary: "It was withdrawn again." }
    : {
        outcome: "rule-uncertain",
        rule: withdrawn.rule,
        summary: "Withdrawing it could not be confirmed: LOOK AT THE ROUTER.",
        error: withdrawn.error,
      };
  const again = !withdrawn.ok && !isLastAttempt(job);
  return { next: again ? "retry" : "done", told };
}

/** An earlier attempt of this very job announced our rule, and IPv6 is reached in spite of it. */
export function leftUseless(job: ClaimedJob, { view, verdicts }: Finding, world: World): boolean {
  const stands = view?.rules.some(({ ours, disabled }) => ours && !disabled) ?? false;
  const mayUndo = job.kind === "remediate" && world.policy.mode !== "observe";
  return (
    stands && mayUndo && job.addsRule && verdicts.some(({ name }) => name === "rule-ineffective")
  );
}

/** The rule that an earlier attempt left does not help: it is taken back as that attempt would have. */
export async function takeBackUseless(
  job: ClaimedJob,
  found: Finding,
  world: World,
  journal: Journal,
  report: Reporter,
): Promise<Ending> {
  const { next, told } = await takeBack(job, world, journal);
  const behind = behindInWords(ourRule(found.view?.rules ?? [])?.behind);
  const summary = `${sentenceOf(found, world)}${behind} An earlier attempt of this job had set it. ${told.summary}`;
  return { disposition: next, report: report(found, { ...told, summary }) };
}

/** IPv4 fails while a rule rejects IPv6: proven twice, then our rule goes (DESIGN section 6). */
export async function withdrawLostRule(
  job: ClaimedJob,
  found: Finding,
  world: World,
  journal: Journal,
  report: Reporter,
): Promise<Ending> {
  const lost = `${sentenceOf(found, world)}`;
  if (job.kind === "diagnose" || world.policy.mode === "observe")
    return done(report(found, { outcome: "observed", summary: `${lost} Withdraw the rule now.` }));
  if (found.view?.rules.every(({ ours, disabled }) => !ours || disabled))
    return done(
      report(found, {
        outcome: "stood-down",
        summary: `${lost} The rule is a person's and stays.`,
      }),
    );
  const finding = await secondRound(job, found, world, journal);
  const unread = routerUnread(job, finding, world, report);
  if (unread !== null) return unread;
  if (hostsThat(finding, "withdraw").length === 0) return stoodDown(finding, world, report);
  return withdrawNow(job, finding, { why: lost, outcome: "withdrawn" }, world, journal, report);
}

/** The job `withdraw`: our rule off, whatever the path is like. */
export async function withdrawJob(
  job: ClaimedJob,
  world: World,
  journal: Journal,
): Promise<Ending> {
  const report = reporterOf(world, journal, world.clock.now());
  const nothing = emptyFinding([]);
  if (world.router === null)
    return done(report(nothing, { outcome: "refused", summary: "No router is configured." }));
  if (world.policy.mode === "observe")
    return done(
      report(nothing, {
        outcome: "refused",
        summary:
          "The agent's MODE is observe, which writes nothing; remove the rule by hand, or run its command `withdraw`.",
      }),
    );
  const why = "Asked by a person.";
  return withdrawNow(job, nothing, { why, outcome: "withdrawn" }, world, journal, report);
}

/** Why our rule goes, and what the job ends as once it is gone. */
export type Reason = Pick<Told, "after" | "recheck"> & {
  readonly why: string;
  readonly outcome: "withdrawn" | "healed";
};

/**
 * Removes what bears our mark. The right to write is asked for first; the answer also tells whether
 * somebody cancelled.
 */
export async function withdrawNow(
  job: ClaimedJob,
  finding: Finding,
  { why, outcome, ...seen }: Reason,
  world: World,
  journal: Journal,
  report: Reporter,
): Promise<Ending> {
  const allowed = await world.lease.mayWrite("router", "withdraw our rule");
  if (!allowed.ok) {
    const summary = `${why} Our rule was not withdrawn.`;
    return {
      disposition: "retry",
      report: report(finding, { ...seen, summary, error: allowed.error.message }),
    };
  }
  if (world.lease.cancelled()) {
    const summary = `${why} Cancelled before our rule was withdrawn.`;
    // The announcement made the Worker unsure of a rule that nobody touched.
    const rule = finding.view === null ? world.lastRule : null;
    return done(report(finding, { ...seen, outcome: "cancelled", rule, summary }));
  }
  const withdrawn = await withdrawOurs(world, journal);
  if (!withdrawn.ok) {
    const told = report(finding, {
      ...seen,
      outcome: withdrawn.uncertain ? "rule-uncertain" : "router-failed",
      rule: withdrawn.rule,
      summary: `${why} Withdrawing our rule could not be confirmed: LOOK AT THE ROUTER.`,
      error: withdrawn.error,
    });
    const again = withdrawn.retry && !isLastAttempt(job);
    return { disposition: again ? "retry" : "done", report: told };
  }
  const count = withdrawn.removed === 0 ? "There was none of ours." : "Our rule was withdrawn.";
  return done(
    report(finding, {
      ...seen,
      outcome,
      rule: withdrawn.rule,
      summary: `${why} ${count}`,
      leftAlone: withdrawn.leftAlone,
    }),
  );
}

type Withdrawn =
  | {
      readonly ok: true;
      readonly removed: number;
      readonly rule: RuleState;
      readonly leftAlone: readonly string[];
    }
  | {
      readonly ok: false;
      readonly uncertain: boolean;
      readonly retry: boolean;
      readonly error: string;
      readonly rule: RuleState;
    };

async function withdrawOurs(world: World, journal: Journal): Promise<Withdrawn> {
  const unknown = { state: "unknown", ours: true, at: world.clock.now() } as const;
  const { router } = world;
  if (router === null)
    return {
      ok: false,
      uncertain: true,
      retry: false,
      error: "no router is configured",
      rule: unknown,
    };
  const result = await journal.stage("withdraw", () => router.withdraw());
  if (!result.ok) {
    const { uncertain, next, message, actions = [] } = result.error;
    journal.actions.push(...actions);
    return {
      ok: false,
      uncertain,
      retry: uncertain || next === "retry",
      error: message,
      rule: unknown,
    };
  }
  journal.actions.push(...result.value.actions);
  const rule = { state: "absent", ours: false, at: world.clock.now() } as const;
  const { removed, leftAlone = [] } = result.value;
  return { ok: true, removed, rule, leftAlone };
}
