// The stops that touch nothing: a named no, a plan that is only shown, a question to a person.
import type { Verdict } from "../../src/protocol/report.ts";
import { gravestOf, latestRound, type Finding } from "../diagnosis/finding.ts";
import type { VerdictName } from "../diagnosis/verdicts.ts";
import type { Decision, ToAct } from "../plan/decide.ts";
import { behindInWords } from "../plan/our-rule.ts";
import { finish, isLastAttempt, retry, type Stop } from "../plan/stop.ts";
import type { Work, World } from "../ports/world.ts";
import { explain, explainAll } from "../words/explain.ts";

/** What this decision, which is not to act, ends the job as. */
export function notActing(
  { world }: Work,
  finding: Finding,
  decision: Exclude<Decision, ToAct>,
): Stop {
  switch (decision.kind) {
    case "stand-down":
      return standDown(finding, world);
    case "observe": {
      const summary = `${sentenceOf(finding, world)} ${decision.why}`;
      return finish(finding, { outcome: "observed", plan: decision.plan, summary });
    }
    case "ask": {
      const { sentence, advice } = wordsOf(finding, world);
      const told = { plan: decision.plan, summary: `${sentence} ${advice} ${decision.why}` };
      return { disposition: "ask", finding, told };
    }
  }
}

/** A named no: the verdict forbids acting, or nothing fails. */
export function standDown(finding: Finding, world: World): Stop {
  const quiet = finding.cases.length === 0 && gravestOf(finding) === "healthy-now";
  const outcome = quiet ? "nothing-failing" : "stood-down";
  const said = `${sentenceOf(finding, world)}${whyIneffective(finding)}`;
  return finish(finding, { outcome, summary: `${said} Nothing was changed.` });
}

/** Of a rule that is there and does not act: what decides before it. */
function whyIneffective(finding: Finding): string {
  if (gravestOf(finding) !== "rule-ineffective") return "";
  const late = finding.view?.rules.find(({ disabled, behind }) => !disabled && behind !== null);
  return behindInWords(late?.behind);
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
export function routerUnread({ job, world }: Work, finding: Finding): Stop | null {
  const { routerError: error, verdicts } = finding;
  const depends = verdicts.some(
    ({ name, measured }) => measured && !TRUE_UNDER_ANY_RULE.includes(name),
  );
  if (error === null || !depends || job.kind === "diagnose") return null;
  if (world.policy.mode === "observe") return null;
  const summary = "The router could not be read, so what was measured can't be judged.";
  return isLastAttempt(job)
    ? finish(finding, { outcome: "router-failed", summary, error })
    : retry(finding, { summary, error });
}

/** The gravest verdict's sentence, as a person reads it. */
export function sentenceOf(finding: Finding, world: World): string {
  return wordsOf(finding, world).sentence;
}

function wordsOf(finding: Finding, { policy }: World): Verdict {
  const round = latestRound(finding);
  const name = gravestOf(finding);
  const verdict = finding.verdicts.find((one) => one.name === name);
  const [told] = explainAll(verdict === undefined ? [] : [verdict], round, policy);
  return told ?? explain({ name, host: null }, round, policy);
}
