// The rule is ensured where the plan says so; copies of it go where it stands already.
import type { Action, RuleFields } from "../../src/protocol/report.ts";
import { coversAll } from "../diagnosis/diagnose.ts";
import { latestRound, type Finding } from "../diagnosis/finding.ts";
import { aPersonSaid } from "../plan/held-by-person.ts";
import { ruleState, standingRule } from "../plan/our-rule.ts";
import { ruleFor } from "../plan/plan.ts";
import { FRESH_MS } from "../plan/preconditions.ts";
import {
  alsoTold,
  done,
  goesOn,
  isLastAttempt,
  retry,
  stops,
  type Staged,
  type Stop,
} from "../plan/stop.ts";
import type { Policy } from "../ports/policy.ts";
import type { Failure, Result } from "../ports/result.ts";
import type { Ensured, Router } from "../ports/router.ts";
import type { Work, World } from "../ports/world.ts";
import type { Confirmed } from "./confirm.ts";
import type { Applied, ToVerify } from "./verify.ts";

/** Ensures the rule of the plan. Null: the plan has none, and what stands already is left as it is. */
export async function apply(work: Work, sure: Confirmed): Promise<Staged<ToVerify | null>> {
  const { finding, decision } = sure;
  const { rule } = decision.plan;
  if (rule === null) return withPlan(await removeCopies(work, finding), sure);
  const applied = await ensureRule(work, finding, rule);
  return applied.ok
    ? goesOn({ finding, hosts: decision.toRule, applied: applied.value, plan: decision.plan })
    : withPlan(applied, sure);
}

/** A stop after the decision shows the plan. */
function withPlan<T>(staged: Staged<T>, { decision: { plan } }: Confirmed): Staged<T> {
  return staged.ok ? staged : stops(alsoTold(staged.error, { plan }));
}

async function ensureRule(
  work: Work,
  finding: Finding,
  rule: RuleFields,
): Promise<Staged<Applied>> {
  const { job, world } = work;
  const { router, lease, journal } = world;
  if (router === null)
    return stops(done(finding, { outcome: "refused", summary: "No router is configured." }));
  const what = `ensure the rule for ${rule["dst-address"] ?? `the list ${rule["dst-address-list"]}`}`;
  // Some host still needs it: whatever of ours stands already, this adds a block that was not there.
  const allowed = await lease.mayWrite({ on: "router", what, adds: true });
  if (!allowed.ok)
    return stops(retry(finding, { summary: "No rule was written.", error: allowed.error.message }));
  if (lease.cancelled())
    return stops(
      done(finding, { outcome: "cancelled", summary: "Cancelled before the first write." }),
    );

  const { removed, ensured } = await journal.stage("apply", () =>
    ensure(work, { finding, rule }, router),
  );
  journal.actions.push(...removed);
  if (!ensured.ok) return stops(notTaken(work, finding, ensured.error));
  journal.actions.push(...ensured.value.actions);
  const { rule: stands, added } = ensured.value;
  if (stands.ours && stands.disabled)
    return stops(
      done(finding, {
        outcome: "held-by-person",
        rule: ruleState(stands, world.clock.now(), world.policy),
        summary: "Our rule was disabled by a person; it is put back only when a person asks.",
      }),
    );
  return goesOn({ rule: stands, added: added || job.addsRule });
}

type ForFinding = { readonly finding: Finding; readonly rule: RuleFields };

/** A person who asks or approves gets a rule that was disabled back: the old one goes first. */
async function ensure(
  { job, world }: Work,
  { finding, rule }: ForFinding,
  router: Router,
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

/** A later attempt may find out what a failed one left; the last one has to say that it is open. */
function notTaken({ job, world }: Work, finding: Finding, error: Failure): Stop {
  const { journal, clock } = world;
  journal.actions.push(...(error.actions ?? []));
  // What the finding saw of the rule may be no longer so, once a write was tried.
  const isUnknown = error.uncertain || journal.actions.length > 0;
  const unknown = { state: "unknown", ours: true, at: clock.now() } as const;
  const told = {
    outcome: error.uncertain ? "rule-uncertain" : "router-failed",
    summary: "The router did not take the rule as wanted.",
    error: error.message,
    ...(isUnknown ? { rule: unknown } : {}),
  } as const;
  const again = !isLastAttempt(job) && (error.uncertain || error.next === "retry");
  return again ? retry(finding, told) : done(finding, told);
}

/** Promise 2: from probes of the last two minutes. */
function isFresh(finding: Finding, world: World): boolean {
  const round = latestRound(finding);
  return round !== null && world.clock.now() - round.at <= FRESH_MS;
}

/**
 * Ours stands as wanted, and more than once: a person copied it, or an attempt died in the middle.
 * The copies go; nothing is added.
 */
async function removeCopies(work: Work, finding: Finding): Promise<Staged<null>> {
  const { world } = work;
  const { router, lease, policy, journal } = world;
  const several = (finding.view?.marked ?? 0) >= 2;
  if (router === null || standingRule(finding.view) === undefined || !several) return goesOn(null);
  const allowed = await lease.mayWrite({ on: "router", what: "remove further copies of our rule" });
  if (!allowed.ok)
    return stops(retry(finding, { summary: "No copy was removed.", error: allowed.error.message }));
  const removed = await journal.stage("apply", () =>
    router.tidy(ruleFor(policy), () => lease.stillHeld() && isFresh(finding, world)),
  );
  if (!removed.ok) return stops(notTaken(work, finding, removed.error));
  journal.actions.push(...removed.value);
  return goesOn(null);
}
