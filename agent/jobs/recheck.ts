// The job `recheck`: our rule stands; would IPv6 work without it? Asked from the source ports that
// the rule leaves out. Healed often enough and long enough, the rule goes.
import type { ClaimedJob, Healing } from "../../src/protocol/calls.ts";
import type { Reading } from "../../src/protocol/round.ts";
import { ipv4IsLost, type Finding } from "../diagnosis/finding.ts";
import { DOCKER_HUB } from "../diagnosis/image-reference.ts";
import { isGoodRound, isHealed, isMeasured } from "../plan/healing.ts";
import { lastSeen } from "../plan/held-by-person.ts";
import { ourRule } from "../ports/our-rule.ts";
import {
  finish,
  isLastAttempt,
  NOTHING_FOUND,
  retry,
  type CarryOut,
  type Stop,
} from "../plan/stop.ts";
import type { RouterView } from "../ports/router.ts";
import type { Work, World } from "../ports/world.ts";
import { probeOnce } from "../stages/probe.ts";
import { withdrawNow } from "../stages/take-off.ts";
import { badRound, goodRound, tooOld } from "../words/words-of-healing.ts";
import { withdrawLostRule } from "../stages/lost-rule.ts";

/** Looks before it acts, like every job; withdraws nothing that is not ours. */
export const recheck: CarryOut = async ({ job: claimed, world }) => {
  const { clock, policy, router, journal, network } = world;
  const job = { ...claimed, registry: DOCKER_HUB };
  const work = { job, world };
  const { healing } = job;
  if (router === null || healing === null)
    return finish(NOTHING_FOUND, { outcome: "refused", summary: "There is no rule to recheck." });
  const found = await probeOnce(work, NOTHING_FOUND);
  const old = tooOld(healing, clock.now(), policy.ruleMaxAgeMs);
  if (found.view === null) return unread(job, old, found);
  if (ipv4IsLost(found)) return withdrawLostRule(work, found);
  if (isGoneByUs(job, found.view, world)) return goneAlready(work, found, healing);
  const nothing = nothingToTest({ view: found.view, old }, world);
  if (nothing !== null) return finish(found, nothing);

  const hosts = policy.ruleHosts;
  const after = await journal.stage("verify", () => network.throughTestPorts(hosts));
  if (!isMeasured(hosts, after)) return notMeasured(old, found, after);
  const good = isGoodRound(hosts, after);
  const why = good ? goodRound(healing, clock.now()) : badRound(after);
  const seen = { after, recheck: { good } };
  if (!good || !isHealed(healing, clock.now()))
    return finish(found, { ...seen, outcome: "not-healed", summary: `${old}${why}` });
  return policy.mode === "observe"
    ? finish(found, { ...seen, outcome: "observed", summary: `${why} Withdraw the rule now.` })
    : withdrawNow(work, found, { ...seen, why, outcome: "healed" });
};

function unread(job: ClaimedJob, old: string, found: Finding): Stop {
  const summary = `${old}The router could not be read, so nothing can be said about the rule.`;
  return isLastAttempt(job)
    ? finish(found, { outcome: "router-failed", summary })
    : retry(found, { summary });
}

/** A resolver or a node in trouble is not a path that fails: the good rounds before stay. */
function notMeasured(old: string, found: Finding, after: readonly Reading[]): Stop {
  const summary = `${old}IPv6 could not be tested behind the rule (no address, or a try that this node could not make); this round does not count.`;
  return finish(found, { after, outcome: "not-healed", summary });
}

/** None of ours stands, and that is what a write of ours that was announced would have made of it. */
function isGoneByUs({ intent }: ClaimedJob, { rules, marked }: RouterView, world: World): boolean {
  return marked === 0 && (intent !== null || (rules.length === 0 && !lastSeen(world)));
}

/** That write may have died before it was through: what it left of ours goes too. */
async function goneAlready(work: Work, found: Finding, healing: Healing): Promise<Stop> {
  const { job, world } = work;
  const byThis = job.intent !== null;
  const why = byThis
    ? "An earlier attempt of this job had withdrawn our rule."
    : "Our rule is gone, and the last report had not seen it either.";
  const outcome = byThis && isHealed(healing, world.clock.now()) ? "healed" : "withdrawn";
  return world.policy.mode === "observe"
    ? finish(found, { outcome, summary: why })
    : withdrawNow(work, found, { why, outcome });
}

/** Ours is gone, disabled, or leaves no way to look past it. */
function nothingToTest(
  { view, old }: { readonly view: RouterView; readonly old: string },
  world: World,
): { readonly outcome: "held-by-person" | "not-healed"; readonly summary: string } | null {
  const ours = ourRule(view.rules);
  if (ours === undefined && view.marked > 0)
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
