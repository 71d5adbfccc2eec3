// What stopped a job, and its journal → the report. Pure but for the time it ends.
import type { Plan, PodStory, Report, RuleState } from "../../src/protocol/report.ts";
import { gravestOf, latestRound, type Finding } from "../diagnosis/finding.ts";
import { chooseRestarts } from "../plan/choose-restarts.ts";
import { ourRule } from "../ports/our-rule.ts";
import { leftAloneInWords, routersInWords, ruleState } from "../plan/our-rule.ts";
import { planHash } from "../plan/plan.ts";
import { shownRule } from "../plan/shown-rule.ts";
import type { Stop } from "../plan/stop.ts";
import type { RouterView } from "../ports/router.ts";
import type { World } from "../ports/world.ts";
import { explainAll } from "../words/explain.ts";

/** The report of one attempt: made once, here, whatever stopped it. */
export function reportOf({ finding, told }: Stop, world: World): Report {
  const { journal, policy, clock, agentVersion } = world;
  const plan = told.plan ?? null;
  return {
    v: 1,
    agentVersion,
    mode: policy.mode,
    startedAt: journal.startedAt,
    endedAt: clock.now(),
    ...(told.outcome === undefined ? {} : { outcome: told.outcome }),
    summary: [
      told.summary,
      leftAloneInWords(told.leftAlone ?? finding.view?.leftAlone),
      routersInWords(finding.view, world),
    ].join(""),
    verdict: gravestOf(finding),
    verdicts: explainAll(finding.verdicts, latestRound(finding), policy),
    rounds: [...finding.rounds],
    after: [...(told.after ?? [])],
    plan,
    planHash: plan === null ? null : planHash(plan),
    pods: [...(told.pods ?? podsNamed(finding, plan, world))],
    rule: onRouters(told.rule ?? ruleSeen(finding, world), finding.view),
    recheck: told.recheck ?? null,
    stages: journal.stages,
    actions: [...journal.actions],
    ...errorOf(told.error, finding.routerError),
  };
}

/** Where none was restarted: every pod that fails, and what would become of it under the plan. */
function podsNamed(finding: Finding, plan: Plan | null, world: World): PodStory[] {
  const { clock, memory, policy } = world;
  const choice = {
    cases: finding.cases,
    goodHosts: plan?.hosts ?? [],
    quota: latestRound(finding)?.quota ?? { state: "unknown", why: "not measured" },
    memory,
    restartsAt: null,
    now: clock.now(),
    serverNow: world.cluster.serverTime() ?? clock.now(),
  } as const;
  return chooseRestarts(choice, policy).map((story) =>
    story.decision === "restart" ? { ...story, why: "the plan would restart it" } : story,
  );
}

function errorOf(...errors: readonly (string | null | undefined)[]): { error?: string } {
  const told = new Set(errors.filter((error) => error !== null && error !== undefined));
  return told.size === 0 ? {} : { error: [...told].join("; ").slice(0, 4_000) };
}

/** Our rule (or a person's equal one) as the finding saw it; null if no router was read. */
function ruleSeen(finding: Finding, { clock, policy }: World): RuleState | null {
  const { view } = finding;
  const at = clock.now();
  if (view === null) return null;
  // One of ours stands, and nothing is known of it but that it is not as the settings want it.
  if (ourRule(view.rules) === undefined && view.marked > 0)
    return { state: "unknown", ours: true, at };
  const rule = shownRule(view, latestRound(finding), policy);
  return rule === undefined ? { state: "absent", ours: false, at } : ruleState(rule, at, policy);
}

/** So that another router is known as one, the next time; and who else uses the rule. */
function onRouters(rule: RuleState | null, view: RouterView | null): RuleState | null {
  if (rule === null || view === null) return rule;
  const { routers, usedBy = [] } = view;
  return {
    ...rule,
    ...(routers === undefined ? {} : { routers: [...routers] }),
    ...(usedBy.length === 0 ? {} : { usedBy: [...usedBy] }),
  };
}
