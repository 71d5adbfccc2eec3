// A rule stands already, ours or a person's: what that means for this job, before anything is planned.
import { hostsUnderRule, ipv4IsLost, type Finding } from "../diagnosis/finding.ts";
import { hostsWithoutClamp, settingOf } from "../plan/decide.ts";
import { HELD_BY_PERSON, heldByPerson } from "../plan/held-by-person.ts";
import { standingRule } from "../ports/our-rule.ts";
import { finish, goOn, mayChange, stopWith, type Staged } from "../plan/stop.ts";
import type { Work } from "../ports/world.ts";
import { routerUnread } from "../stages/not-acting.ts";
import { NO_RULE, takeBack, verify, type Helps } from "../stages/verify.ts";
import { withdrawLostRule } from "../stages/lost-rule.ts";
import { endUselessRule } from "./useless-rule.ts";

/**
 * IPv4 that died under the rule, a rule that an earlier attempt left, one that a person took away: each
 * of them stops the job here. The value: the rule that an earlier attempt left and that helps.
 */
export async function lookAfterRule(work: Work, found: Finding): Promise<Staged<Helps>> {
  const { job, world } = work;
  const unread = routerUnread(work, found);
  if (unread !== null) return stopWith(unread);
  if (ipv4IsLost(found)) return stopWith(await withdrawLostRule(work, found));
  if (!mayChange(job, world.policy.mode)) return goOn(NO_RULE);
  const useless = await endUselessRule(work, found);
  if (!useless.ok) return useless;
  const needed = hostsWithoutClamp(found, settingOf(world)).length > 0;
  const earlier = needed ? goOn(NO_RULE) : await verifyEarlierRule(work, found);
  if (!earlier.ok) return earlier;
  return needed && heldByPerson(job, found.view, world)
    ? stopWith(finish(found, HELD_BY_PERSON))
    : earlier;
}

/**
 * If an earlier attempt of this very job announced that it adds the rule and never reported, the rule
 * that stands now is verified as if this attempt had added it.
 */
async function verifyEarlierRule(work: Work, finding: Finding): Promise<Staged<Helps>> {
  const rule = standingRule(finding.view);
  const hosts = hostsUnderRule(finding);
  if (rule === undefined || hosts.length === 0 || !work.job.addsRule) return goOn(NO_RULE);
  const helps = await verify(work, { finding, hosts, applied: { rule, added: true } });
  return helps.ok ? helps : stopWith(await takeBack(work, helps.error));
}
