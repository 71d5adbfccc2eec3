// The rule is ensured where the verdict says so, and looked after where it stands already.
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import type { Action, RuleFields } from "../../src/protocol/report.ts";
import { coversAll } from "../diagnosis/diagnose.ts";
import { isLastAttempt } from "./ending.ts";
import { hostsThat, latestRound, type Finding } from "../diagnosis/finding.ts";
import { aPersonSaid } from "../plan/held-by-person.ts";
import type { Journal } from "../loop/journal.ts";
import { ruleFor } from "../plan/plan.ts";
import { FRESH_MS } from "../plan/preconditions.ts";
import { ruleState } from "../loop/report.ts";
import { failed, verified, type RuleSet } from "./verify.ts";
import type { Policy } from "../ports/policy.ts";
import type { Failure, Result } from "../ports/result.ts";
import type { Ensured, Router } from "../ports/router.ts";
import type { World } from "../ports/world.ts";

/** Ensures the rule for these hosts and verifies it. What did not help is withdrawn. */
export async function setRule(
  job: ClaimedJob,
  finding: Finding,
  hosts: readonly string[],
  rule: RuleFields,
  world: World,
  journal: Journal,
): Promise<RuleSet> {
  const { router, lease } = world;
  if (router === null)
    return failed("done", { outcome: "refused", summary: "No router is configured." });
  const what = `ensure the rule for ${rule["dst-address"] ?? `the list ${rule["dst-address-list"]}`}`;
  // Some host still needs it: whatever of ours stands already, this adds a block that was not there.
  const allowed = await lease.mayWrite("router", what, "adds-rule");
  if (!allowed.ok)
    return failed("retry", { summary: "No rule was written.", error: allowed.error.message });
  if (lease.cancelled())
    return failed("done", { outcome: "cancelled", summary: "Cancelled before the first write." });

  const { removed, ensured } = await journal.stage("apply", () =>
    ensure(job, finding, rule, router, world),
  );
  journal.actions.push(...removed);
  if (!ensured.ok) return notSet(job, ensured.error, removed.length > 0, world, journal);
  journal.actions.push(...ensured.value.actions);
  if (ensured.value.rule.ours && ensured.value.rule.disabled)
    return failed("done", {
      outcome: "held-by-person",
      rule: ruleState(ensured.value.rule, world.clock.now(), world.policy),
      summary: "Our rule was disabled by a person; it is put back only when a person asks.",
    });
  const added = ensured.value.added || job.addsRule;
  return verified(job, finding, hosts, { rule: ensured.value.rule, added }, world, journal);
}

/** A person who asks or approves gets a rule that was disabled back: the old one goes first. */
async function ensure(
  job: ClaimedJob,
  finding: Finding,
  rule: RuleFields,
  router: Router,
  world: World,
): Promise<{ readonly removed: readonly Action[]; readonly ensured: Result<Ensured> }> {
  const wanted = { rule, addresses: liveAddresses(finding, world.policy) };
  const stillAllowed = () => world.lease.stillHeld() && isFresh(finding, world);
  const seen = finding.view?.rules.some((one) => one.ours && one.disabled) ?? false;
  if (!aPersonSaid(job) || !seen) {
    const ensured = await router.ensure(wanted, stillAllowed);
    // One that covers nothing any more is not in the finding.
    const found = ensured.ok && ensured.value.rule.ours && ensured.value.rule.disabled;
    if (!aPersonSaid(job) || !found || ensured.value.added) return { removed: [], ensured };
  }
  const cleared = await router.withdraw();
  if (!cleared.ok) return { removed: [], ensured: cleared };
  const ensured = await router.ensure(wanted, stillAllowed);
  return { removed: cleared.value.actions, ensured };
}

/** Every IPv6 address of the hosts that a rule may be for: clients may be given any of them. */
function liveAddresses(finding: Finding, { ruleHosts, prefix }: Policy): string[] {
  const lookups = latestRound(finding)?.lookups ?? [];
  const live = lookups.filter(({ host, family }) => family === "v6" && ruleHosts.includes(host));
  const addresses = live.flatMap((lookup) => lookup.addresses);
  return [...new Set(addresses)].filter((address) => coversAll(prefix, [address]));
}

/**
 * A later attempt may find out what a failed one left; the last one has to say that it is open.
 * `removed`: what the finding saw of our rule is gone.
 */
function notSet(
  job: ClaimedJob,
  error: Failure,
  removed: boolean,
  world: World,
  journal: Journal,
): RuleSet {
  journal.actions.push(...(error.actions ?? []));
  const again = !isLastAttempt(job) && (error.uncertain || error.next === "retry");
  const unknown = { state: "unknown", ours: true, at: world.clock.now() } as const;
  // What the finding saw of the rule is no longer so, once a write was done.
  const isUnknown = error.uncertain || removed || journal.actions.some(({ ok }) => ok);
  return failed(again ? "retry" : "done", {
    outcome: error.uncertain ? "rule-uncertain" : "router-failed",
    summary: "The router did not take the rule as wanted.",
    error: error.message,
    ...(isUnknown ? { rule: unknown } : {}),
  });
}

/** DESIGN section 8, promise 2: from probes of the last two minutes. */
function isFresh(finding: Finding, world: World): boolean {
  const round = latestRound(finding);
  return round !== null && world.clock.now() - round.at <= FRESH_MS;
}

/**
 * If an earlier attempt of this very job announced that it adds the rule and never reported, the
 * rule that stands now is verified as if this attempt had added it. Else nothing is done; nor is it
 * where some hosts still need the rule: that attempt died before all of its entries were listed.
 */
export async function verifyEarlierRule(
  job: ClaimedJob,
  finding: Finding,
  toRule: readonly string[],
  world: World,
  journal: Journal,
): Promise<RuleSet> {
  const ours = finding.view?.rules.find((rule) => rule.ours && !rule.disabled);
  const active = hostsThat(finding, "restart").filter((host) =>
    finding.verdicts.some((verdict) => verdict.host === host && verdict.name === "rule-active"),
  );
  const mayUndo = job.kind === "remediate" && world.policy.mode !== "observe";
  const needed = job.addsRule && mayUndo && toRule.length === 0;
  if (ours === undefined || active.length === 0 || !needed)
    return { ok: true, added: false, rule: null, after: [], verifiedAt: null };
  return verified(job, finding, active, { rule: ours, added: true }, world, journal);
}

/**
 * Ours stands as wanted, and more than once: a person copied it, or an attempt died in the middle.
 * The copies go; nothing is added. `earlier`: what `verifyEarlierRule` found; returned if that is
 * done, or not needed.
 */
export async function tidied(
  job: ClaimedJob,
  finding: Finding,
  earlier: RuleSet,
  world: World,
  journal: Journal,
): Promise<RuleSet> {
  const { router, lease, policy } = world;
  const stands = finding.view?.rules.some(({ ours, disabled }) => ours && !disabled) ?? false;
  if (router === null || !stands || (finding.view?.marked ?? 0) < 2) return earlier;
  const allowed = await lease.mayWrite("router", "remove further copies of our rule");
  if (!allowed.ok)
    return failed("retry", { summary: "No copy was removed.", error: allowed.error.message });
  const tidied = await journal.stage("apply", () =>
    router.tidy(ruleFor(policy), () => lease.stillHeld() && isFresh(finding, world)),
  );
  if (!tidied.ok) return notSet(job, tidied.error, false, world, journal);
  journal.actions.push(...tidied.value);
  return earlier;
}
