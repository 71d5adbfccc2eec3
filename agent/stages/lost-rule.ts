// IPv4 fails while a rule rejects IPv6: proven twice, then our rule goes (promise 3).
import { ipv4IsLost, type Finding } from "../diagnosis/finding.ts";
import { finish, type Stop } from "../plan/stop.ts";
import type { Work } from "../ports/world.ts";
import { routerUnread, sentenceOf, standDown } from "./not-acting.ts";
import { probeAgain } from "./probe.ts";
import { withdrawNow } from "./take-off.ts";

/**
 * A person's rule stays; so does ours where only a look was asked for. Other clusters behind the same
 * router have lost IPv4 as well.
 */
export async function withdrawLostRule(work: Work, found: Finding): Promise<Stop> {
  const { job, world } = work;
  const lost = sentenceOf(found, world);
  if (job.kind === "diagnose" || world.policy.mode === "observe")
    return finish(found, { outcome: "observed", summary: `${lost} Withdraw the rule now.` });
  if (found.view?.rules.every(({ ours, disabled }) => !ours || disabled))
    return finish(found, {
      outcome: "stood-down",
      summary: `${lost} The rule is a person's and stays.`,
    });
  const finding = await probeAgain(work, found);
  const unread = routerUnread(work, finding);
  if (unread !== null) return unread;
  if (!ipv4IsLost(finding)) return standDown(finding, world);
  return withdrawNow(work, finding, { why: lost, outcome: "withdrawn", scope: "all" });
}
