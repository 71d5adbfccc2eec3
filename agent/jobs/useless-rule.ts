// Our rule stands, and IPv6 is reached in spite of it: it goes, whichever job added it.
import { areBlocked } from "../basics/networks.ts";
import { latestRound, type Finding } from "../diagnosis/finding.ts";
import { behindInWords, ruleState } from "../plan/our-rule.ts";
import { goOn, stopWith, type Staged } from "../plan/stop.ts";
import { standingRule } from "../ports/our-rule.ts";
import type { RuleOnRouter } from "../ports/router.ts";
import type { Work } from "../ports/world.ts";
import { routerUnread, sentenceOf, standDown } from "../stages/not-acting.ts";
import { probeAgain } from "../stages/probe.ts";
import { withdrawNow } from "../stages/take-off.ts";
import { takeBack } from "../stages/verify.ts";

/**
 * What an earlier attempt of this very job announced goes at once. What another job left goes once a
 * second round shows the same, and only where it helps no host. A person's rule stays.
 */
export async function endUselessRule(work: Work, found: Finding): Promise<Staged<null>> {
  const { job, world } = work;
  const ours = standingRule(found.view);
  const hosts = reachedUnder(ours, found);
  if (ours === undefined) return goOn(null);
  if (job.addsRule && found.verdicts.some(({ name }) => name === "rule-ineffective"))
    return stopWith(
      await takeBack(work, {
        finding: found,
        added: true,
        rule: ruleState(ours, world.clock.now(), world.policy),
        why: `${sentenceOf(found, world)}${behindInWords(ours.behind)} An earlier attempt of this job had set it.`,
      }),
    );
  if (hosts.length === 0) return goOn(null);
  const finding = await probeAgain(work, found);
  const unread = routerUnread(work, finding);
  if (unread !== null) return stopWith(unread);
  const still = standingRule(finding.view);
  if (!reachedUnder(still, finding).some((host) => hosts.includes(host)))
    return stopWith(standDown(finding, world));
  const why = `${sentenceOf(finding, world)}${behindInWords(still?.behind)} An earlier job had left it, and a second round showed the same.`;
  return stopWith(await withdrawNow(work, finding, { why, outcome: "no-better" }));
}

/** Hosts that are reached where ours should keep clients away; none if it does so at any other address. */
function reachedUnder(ours: RuleOnRouter | undefined, finding: Finding): string[] {
  const round = latestRound(finding);
  if (ours === undefined || round === null) return [];
  const under = round.readings.filter(
    ({ family, address }) => family === "v6" && areBlocked([address], ours.networks),
  );
  const reached = under.filter(({ reached: stage }) => stage !== "nothing");
  const open = new Set(reached.map(({ address }) => address));
  if (under.some(({ address }) => !open.has(address))) return [];
  const hosts = new Set(reached.map(({ host }) => host));
  return finding.verdicts.flatMap(({ name, host }) =>
    name === "rule-ineffective" && host !== null && hosts.has(host) ? [host] : [],
  );
}
