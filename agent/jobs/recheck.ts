// The job `recheck`: our rule stands; would IPv6 work without it? Asked from the source ports that
// the rule leaves out. Healed often enough and long enough, the rule goes.
import type { ClaimedJob, Healing } from "../../src/protocol/calls.ts";
import type { Reading } from "../../src/protocol/round.ts";
import { done, isLastAttempt, type Ending } from "../stages/ending.ts";
import { emptyFinding, hostsThat, probeAndJudge, type Finding } from "../diagnosis/finding.ts";
import { isGoodRound, isHealed, isMeasured } from "../plan/healing.ts";
import { DOCKER_HUB } from "../diagnosis/image-reference.ts";
import { lastSeen } from "../plan/held-by-person.ts";
import type { Journal } from "../loop/journal.ts";
import { ourRule } from "../plan/our-rule.ts";
import { reporterOf, type Reporter } from "../loop/report.ts";
import { withdrawLostRule, withdrawNow } from "./withdraw.ts";
import { badRound, goodRound, tooOld } from "../words/words-of-healing.ts";
import type { RouterView, RuleOnRouter } from "../ports/router.ts";
import type { World } from "../ports/world.ts";

/** Looks before it acts, like every job; withdraws nothing that is not ours. */
export async function recheckJob(
  claimed: ClaimedJob,
  world: World,
  journal: Journal,
): Promise<Ending> {
  const report = reporterOf(world, journal, world.clock.now());
  const job = { ...claimed, registry: DOCKER_HUB };
  const { healing } = job;
  if (world.router === null || healing === null)
    return done(
      report(emptyFinding([]), { outcome: "refused", summary: "There is no rule to recheck." }),
    );
  const found = await probeAndJudge(job, emptyFinding([]), world, journal);
  const old = tooOld(healing, world.clock.now(), world.policy.ruleMaxAgeMs);
  if (found.view === null) return unread(job, old, found, report);
  if (hostsThat(found, "withdraw").length > 0)
    return withdrawLostRule(job, found, world, journal, report);
  const ours = ourRule(found.view.rules);
  if (isGoneByUs(job, found.view, world))
    return goneAlready(job, found, healing, world, journal, report);
  const nothing = nothingToTest(ours, found.view, old, world);
  if (nothing !== null) return done(report(found, nothing));

  const hosts = world.policy.ruleHosts;
  const after = await journal.stage("verify", () => world.network.throughTestPorts(hosts));
  if (!isMeasured(hosts, after)) return notMeasured(old, found, after, report);
  const good = isGoodRound(hosts, after);
  const why = good ? goodRound(healing, world.clock.now()) : badRound(after);
  const seen = { after, recheck: { good } };
  if (!good || !isHealed(healing, world.clock.now()))
    return done(report(found, { ...seen, outcome: "not-healed", summary: `${old}${why}` }));
  if (world.policy.mode === "observe")
    return done(
      report(found, { ...seen, outcome: "observed", summary: `${why} Withdraw the rule now.` }),
    );
  return withdrawNow(job, found, { ...seen, why, outcome: "healed" }, world, journal, report);
}

function unread(job: ClaimedJob, old: string, found: Finding, report: Reporter): Ending {
  const summary = `${old}The router could not be read, so nothing can be said about the rule.`;
  return isLastAttempt(job)
    ? done(report(found, { outcome: "router-failed", summary }))
    : { disposition: "retry", report: report(found, { summary }) };
}

/** A resolver or a node in trouble is not a path that fails: the good rounds before stay. */
function notMeasured(
  old: string,
  found: Finding,
  after: readonly Reading[],
  report: Reporter,
): Ending {
  const summary = `${old}IPv6 could not be tested behind the rule (no address, or a try that this node could not make); this round does not count.`;
  return done(report(found, { after, outcome: "not-healed", summary }));
}

/** None of ours stands, and that is what a write of ours that was announced would have made of it. */
function isGoneByUs({ intent }: ClaimedJob, { rules, marked }: RouterView, world: World): boolean {
  return marked === 0 && (intent !== null || (rules.length === 0 && !lastSeen(world)));
}

/** That write may have died before it was through: what it left of ours goes too. */
function goneAlready(
  job: ClaimedJob,
  found: Finding,
  healing: Healing,
  world: World,
  journal: Journal,
  report: Reporter,
): Ending | Promise<Ending> {
  const byThis = job.intent !== null;
  const why = byThis
    ? "An earlier attempt of this job had withdrawn our rule."
    : "Our rule is gone, and the last report had not seen it either.";
  const outcome = byThis && isHealed(healing, world.clock.now()) ? "healed" : "withdrawn";
  return world.policy.mode === "observe"
    ? done(report(found, { outcome, summary: why }))
    : withdrawNow(job, found, { why, outcome }, world, journal, report);
}

/** Ours is gone, disabled, or leaves no way to look past it. */
function nothingToTest(
  ours: RuleOnRouter | undefined,
  { marked }: RouterView,
  old: string,
  world: World,
): { readonly outcome: "held-by-person" | "not-healed"; readonly summary: string } | null {
  if (ours === undefined && marked > 0)
    return notHealed(
      `${old}Our rule stands as other settings wanted it, or as somebody changed it, so IPv6 can't be tested behind it; withdraw it, then fix, to replace it.`,
    );
  if (ours === undefined && !lastSeen(world))
    return notHealed("None of our rules stands, and a person's is not rechecked.");
  if (ours === undefined || ours.disabled)
    return {
      outcome: "held-by-person",
      summary: "Our rule was removed or disabled by a person: there is nothing to recheck.",
    };
  if (world.policy.life === "keep")
    return notHealed("RULE_LIFE is keep: the rule is to stay, so nothing was rechecked.");
  if (ours.testable) return null;
  return notHealed(
    `${old}The rule leaves out no source port, so IPv6 can't be tested while it stands; withdraw it, then fix, to make it testable.`,
  );
}

function notHealed(summary: string) {
  return { outcome: "not-healed", summary } as const;
}
