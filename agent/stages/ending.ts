// How a job ends for now, and the endings that touch nothing.
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import type { Plan, Report, Verdict } from "../../src/protocol/report.ts";
import { explain, explainAll } from "../words/explain.ts";
import { emptyFinding, gravestOf, latestRound, type Finding } from "../diagnosis/finding.ts";
import { behindInWords } from "../plan/our-rule.ts";
import { planHash } from "../plan/plan.ts";
import type { Reporter } from "../loop/report.ts";
import type { VerdictName } from "../diagnosis/verdicts.ts";
import type { Failure } from "../ports/result.ts";
import type { World } from "../ports/world.ts";

/** Finished, to be tried again, or waiting for a person's word on the plan. */
export type Ending =
  | { readonly disposition: "done" | "retry"; readonly report: Report }
  | {
      readonly disposition: "ask";
      readonly report: Report;
      readonly plan: Plan;
      readonly planHash: string;
    };

export function done(report: Report): Ending {
  return { disposition: "done", report };
}

/** A named no: the verdict forbids acting, or nothing fails. */
export function stoodDown(finding: Finding, world: World, report: Reporter): Ending {
  const quiet = finding.cases.length === 0 && gravestOf(finding) === "healthy-now";
  const outcome = quiet ? "nothing-failing" : "stood-down";
  const said = `${sentenceOf(finding, world)}${whyIneffective(finding)}`;
  return done(report(finding, { outcome, summary: `${said} Nothing was changed.` }));
}

/** Of a rule that is there and does not act: what decides before it. */
function whyIneffective(finding: Finding): string {
  if (gravestOf(finding) !== "rule-ineffective") return "";
  const late = finding.view?.rules.find(({ disabled, behind }) => !disabled && behind !== null);
  return behindInWords(late?.behind);
}

/** What was found, and why the plan is only shown. */
export function observedOnly(
  finding: Finding,
  plan: Plan,
  why: string,
  world: World,
  report: Reporter,
): Ending {
  const summary = `${sentenceOf(finding, world)} ${why}`;
  return done(report(finding, { outcome: "observed", plan, summary }));
}

/** What was found, what would be better than the plan, and that a person decides. */
export function askPerson(
  finding: Finding,
  plan: Plan,
  why: string,
  world: World,
  report: Reporter,
): Ending {
  const hash = planHash(plan);
  const { sentence, advice } = wordsOf(finding, world);
  const summary = `${sentence} ${advice} ${why}`;
  const told = report(finding, { plan, summary });
  return { disposition: "ask", report: told, plan, planHash: hash };
}

export const HELD_BY_PERSON = {
  outcome: "held-by-person",
  summary: "Our rule was removed or disabled by a person; it is put back only when a person asks.",
} as const;

/** The API server did not show the pods: tried again later, unless only a person can mend it. */
export function cannotLook(error: Failure, report: Reporter): Ending {
  const summary = "The failing pods could not be read, so nothing was done.";
  const nothing = emptyFinding([]);
  return error.next === "retry"
    ? { disposition: "retry", report: report(nothing, { summary, error: error.message }) }
    : done(report(nothing, { outcome: "gave-up", summary, error: error.message }));
}

/** A job may name a registry to measure, nothing else: the Worker is not trusted with more. */
export function notARegistry(registry: string, report: Reporter): Ending {
  const summary = `The job names ${JSON.stringify(registry.slice(0, 100))}, which is no registry's host name; nothing was measured.`;
  return done(report(emptyFinding([]), { outcome: "refused", summary }));
}

/** After so many attempts the Worker starts no other (DESIGN section 9): a failure is then the end. */
const LAST_ATTEMPT = 3;

export function isLastAttempt(job: ClaimedJob): boolean {
  return job.attempts >= LAST_ATTEMPT;
}

/** A proxy, a clock, a resolver, a limit, and IPv6 that works: so whatever stands on the router. */
const TRUE_UNDER_ANY_RULE: readonly VerdictName[] = [
  "proxy-in-path",
  "clock-skew",
  "healthy-now",
  "ipv6-slow",
  "dns-failure",
  "rate-limited",
];

/**
 * A configured router that can't be read is not a router without a rule: what IPv6 and IPv4 do may
 * be the rule's doing. Null if the router was read, or nothing depends on it.
 */
export function routerUnread(
  job: ClaimedJob,
  finding: Finding,
  world: World,
  report: Reporter,
): Ending | null {
  const { routerError: error, verdicts } = finding;
  const depends = verdicts.some(
    ({ name, measured }) => measured && !TRUE_UNDER_ANY_RULE.includes(name),
  );
  if (error === null || !depends || job.kind === "diagnose") return null;
  if (world.policy.mode === "observe") return null;
  const summary = "The router could not be read, so what was measured can't be judged.";
  return isLastAttempt(job)
    ? done(report(finding, { outcome: "router-failed", summary, error }))
    : { disposition: "retry", report: report(finding, { summary, error }) };
}

/** The gravest verdict's sentence, as a person reads it. */
export function sentenceOf(finding: Finding, world: World): string {
  return wordsOf(finding, world).sentence;
}

function wordsOf(finding: Finding, world: World): Verdict {
  const name = gravestOf(finding);
  const verdict = finding.verdicts.find((one) => one.name === name);
  return (
    explainAll(verdict === undefined ? [] : [verdict], latestRound(finding), world.policy)[0] ??
    explain(name, null, latestRound(finding), world.policy)
  );
}
