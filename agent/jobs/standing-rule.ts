// A rule stands already, ours or a person's: what that means for this job, before anything is planned.
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import { done, HELD_BY_PERSON, routerUnread, type Ending } from "../stages/ending.ts";
import { hostsThat, type Finding } from "../diagnosis/finding.ts";
import { heldByPerson } from "../plan/held-by-person.ts";
import type { Journal } from "../loop/journal.ts";
import type { Reporter } from "../loop/report.ts";
import { verifyEarlierRule } from "../stages/apply.ts";
import type { RuleSet } from "../stages/verify.ts";
import { leftUseless, takeBackUseless, withdrawLostRule } from "./withdraw.ts";
import type { World } from "../ports/world.ts";

export type Standing =
  | { readonly kind: "ends"; readonly ending: Ending }
  /** Nothing stands in the way of a plan. `earlier`: the rule that an earlier attempt left, verified. */
  | { readonly kind: "goes-on"; readonly earlier: Extract<RuleSet, { ok: true }> };

/**
 * IPv4 that died under the rule, a rule that an earlier attempt left, one that a person took away: each
 * of them ends the job here. `toRule`: the hosts that a rule would be planned for.
 */
export async function lookAfterRule(
  job: ClaimedJob,
  found: Finding,
  toRule: readonly string[],
  world: World,
  journal: Journal,
  report: Reporter,
): Promise<Standing> {
  const unread = routerUnread(job, found, world, report);
  if (unread !== null) return ends(unread);
  if (hostsThat(found, "withdraw").length > 0)
    return ends(await withdrawLostRule(job, found, world, journal, report));
  if (leftUseless(job, found, world))
    return ends(await takeBackUseless(job, found, world, journal, report));
  const earlier = await verifyEarlierRule(job, found, toRule, world, journal);
  if (!earlier.ok) return ends({ disposition: earlier.next, report: report(found, earlier.told) });
  const mayWrite = job.kind === "remediate" && world.policy.mode !== "observe";
  if (mayWrite && toRule.length > 0 && heldByPerson(job, found.view, world))
    return ends(done(report(found, HELD_BY_PERSON)));
  return { kind: "goes-on", earlier };
}

function ends(ending: Ending): Standing {
  return { kind: "ends", ending };
}
