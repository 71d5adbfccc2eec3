// The job `recheck`: our rule stands; would IPv6 work without it? Asked from the source ports that
// the rule leaves out. Healed often enough and long enough, the rule goes.
import type { ClaimedJob, Healing } from "../src/protocol/calls.ts";
import type { Reading } from "../src/protocol/round.ts";
import { done, isLastAttempt, type Ending } from "./ending.ts";
import { emptyFinding, hostsThat, probeAndJudge, type Finding } from "./finding.ts";
import { isGoodRound, isHealed, isMeasured } from "./healing.ts";
import { DOCKER_HUB } from "./image-reference.ts";
import type { Journal } from "./journal.ts";
import { ourRule } from "./our-rule.ts";
import { reporterOf, type Reporter } from "./report.ts";
import { withdrawLostRule, withdrawNow } from "./withdraw.ts";
import type { RuleOnRouter, World } from "./world.ts";

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
  if (found.view === null) return unread(job, found, report);
  if (hostsThat(found, "withdraw").length > 0)
    return withdrawLostRule(job, found, world, journal, report);
  const ours = ourRule(found.view.rules);
  if (ours === undefined && job.intent !== null) return goneAlready(found, healing, world, report);
  const nothing = nothingToTest(ours, world);
  if (nothing !== null) return done(report(found, nothing));

  const hosts = world.policy.ruleHosts;
  const after = await journal.stage("verify", () => world.network.throughTestPorts(hosts));
  if (!isMeasured(hosts, after)) return notMeasured(found, after, report);
  const good = isGoodRound(hosts, after);
  const why = `${tooOld(healing, world)}${inWords(good, after, healing)}`;
  const seen = { after, recheck: { good } };
  if (!good || !isHealed(healing, world.clock.now()))
    return done(report(found, { ...seen, outcome: "not-healed", summary: why }));
  if (world.policy.mode === "observe")
    return done(
      report(found, { ...seen, outcome: "observed", summary: `${why} Withdraw the rule now.` }),
    );
  return withdrawNow(job, found, { ...seen, why, outcome: "healed" }, world, journal, report);
}

function unread(job: ClaimedJob, found: Finding, report: Reporter): Ending {
  const summary = "The router could not be read, so nothing can be said about the rule.";
  return isLastAttempt(job)
    ? done(report(found, { outcome: "router-failed", summary }))
    : { disposition: "retry", report: report(found, { summary }) };
}

/** A resolver or a node in trouble is not a path that fails: the good rounds before stay. */
function notMeasured(found: Finding, after: readonly Reading[], report: Reporter): Ending {
  const summary =
    "IPv6 could not be tested behind the rule (no address, or a try that this node could not make); this round does not count.";
  return done(report(found, { after, outcome: "not-healed", summary }));
}

/** An earlier attempt of this job announced that it withdraws our rule, and did it. */
function goneAlready(found: Finding, healing: Healing, world: World, report: Reporter): Ending {
  const outcome = isHealed(healing, world.clock.now()) ? "healed" : "withdrawn";
  const summary = "An earlier attempt of this job had withdrawn our rule.";
  return done(report(found, { outcome, summary }));
}

/** Ours is gone, disabled, or leaves no way to look past it. */
function nothingToTest(
  ours: RuleOnRouter | undefined,
  { policy }: World,
): { readonly outcome: "held-by-person" | "not-healed"; readonly summary: string } | null {
  if (ours === undefined || ours.disabled)
    return {
      outcome: "held-by-person",
      summary: "Our rule was removed or disabled by a person: there is nothing to recheck.",
    };
  if (ours.testable) return null;
  const setting = policy.life === "keep" ? " (RULE_LIFE is keep)" : "";
  return {
    outcome: "not-healed",
    summary: `The rule leaves out no source port, so IPv6 can't be tested while it stands${setting}.`,
  };
}

const HOUR_MS = 3_600_000;

/** A temporary rule that nobody takes off is what people forget: from an age on it is said loudly. */
function tooOld({ since }: Healing, { clock, policy }: World): string {
  const ageMs = clock.now() - since;
  if (ageMs < policy.ruleMaxAgeMs) return "";
  return `THE RULE HAS STOOD FOR ${Math.floor(ageMs / (24 * HOUR_MS))} DAYS AND IPV6 HAS NOT HEALED: look at the IPv6 path. `;
}

function inWords(good: boolean, readings: readonly Reading[], healing: Healing): string {
  const bad = readings.filter(({ outcome }) => outcome !== "ok");
  if (!good)
    return `IPv6 still fails behind the rule, in ${bad.length} of ${readings.length} tries.`;
  const rounds = healing.goodRounds.length + 1;
  const hours = Math.round(healing.neededMs / HOUR_MS);
  return `IPv6 answers every try behind the rule: good round ${rounds} of ${healing.neededRounds}, over ${hours} h.`;
}
