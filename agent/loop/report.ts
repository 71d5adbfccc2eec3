// A finding and what was done → the report. Pure.
import type { Outcome, Plan, PodStory, Report, RuleState } from "../../src/protocol/report.ts";
import type { Reading } from "../../src/protocol/round.ts";
import { chooseRestarts } from "../plan/choose-restarts.ts";
import { explainAll } from "../words/explain.ts";
import { gravestOf, latestRound, type Finding } from "../diagnosis/finding.ts";
import type { Journal } from "./journal.ts";
import { leftAloneInWords, ourRule } from "../plan/our-rule.ts";
import { planHash } from "../plan/plan.ts";
import type { Policy } from "../ports/policy.ts";
import type { RuleOnRouter } from "../ports/router.ts";
import type { World } from "../ports/world.ts";

/** What one ending says beyond the finding; what is left out did not happen. */
export type Told = {
  readonly outcome?: Outcome;
  readonly summary: string;
  readonly plan?: Plan | null;
  readonly pods?: readonly PodStory[];
  readonly after?: readonly Reading[];
  readonly rule?: RuleState | null;
  readonly recheck?: Report["recheck"];
  readonly error?: string;
  /** What bears our mark and is a person's; left out: as the finding saw it. */
  readonly leftAlone?: readonly string[];
};

export type Reporter = (finding: Finding, told: Told) => Report;

/** A reporter for one job: the same journal and the same start for every ending. */
export function reporterOf(world: World, journal: Journal, startedAt: number): Reporter {
  return (finding, told) => {
    const round = latestRound(finding);
    const plan = told.plan ?? null;
    return {
      v: 1,
      agentVersion: world.agentVersion,
      mode: world.policy.mode,
      startedAt,
      endedAt: world.clock.now(),
      ...(told.outcome === undefined ? {} : { outcome: told.outcome }),
      summary: `${told.summary}${leftAloneInWords(told.leftAlone ?? finding.view?.leftAlone)}`,
      verdict: gravestOf(finding),
      verdicts: explainAll(finding.verdicts, round, world.policy),
      rounds: [...finding.rounds],
      after: [...(told.after ?? [])],
      plan,
      planHash: plan === null ? null : planHash(plan),
      pods: [...(told.pods ?? podsNamed(finding, plan, world))],
      rule: told.rule ?? ruleSeen(finding, world),
      recheck: told.recheck ?? null,
      stages: journal.stages,
      actions: journal.actions,
      ...errorOf(told.error, finding.routerError),
    };
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
function ruleSeen({ view }: Finding, { clock, policy }: World): RuleState | null {
  const at = clock.now();
  if (view === null) return null;
  const ours = ourRule(view.rules);
  // One of ours stands, and nothing is known of it but that it is not as the settings want it.
  if (ours === undefined && view.marked > 0) return { state: "unknown", ours: true, at };
  const rule = ours ?? view.rules[0];
  return rule === undefined ? { state: "absent", ours: false, at } : ruleState(rule, at, policy);
}

export function ruleState(rule: RuleOnRouter, at: number, policy: Policy): RuleState {
  return {
    state: "present",
    ours: rule.ours,
    at,
    life: policy.life,
    ...(rule.comment === null ? {} : { comment: rule.comment }),
    networks: [...rule.networks],
    disabled: rule.disabled,
    behind: rule.behind,
    packets: rule.packets,
  };
}
