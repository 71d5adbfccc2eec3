// The rule is ensured where the plan says so; copies of it go where it stands already.
import type { Action, RuleFields } from "../../src/protocol/report.ts";
import type { Reading } from "../../src/protocol/round.ts";
import { latestRound, type Finding } from "../diagnosis/finding.ts";
import { aPersonSaid } from "../plan/held-by-person.ts";
import { standingRule } from "../ports/our-rule.ts";
import { ruleState } from "../plan/our-rule.ts";
import { ruleFor } from "../plan/plan.ts";
import { staleness } from "../plan/freshness.ts";
import {
  alsoTold,
  finish,
  goOn,
  isLastAttempt,
  retry,
  stopWith,
  type Staged,
  type Stop,
} from "../plan/stop.ts";
import type { Failure, Result } from "../ports/result.ts";
import type { Ensured, Router, Wanted } from "../ports/router.ts";
import type { Work, World } from "../ports/world.ts";
import { reasonsAgainst, type Confirmed } from "./confirm.ts";
import { learnAddresses, widerThanAllowed } from "./learn-addresses.ts";
import type { Applied, ToVerify } from "./verify.ts";

/** Ensures the rule of the plan. Null: the plan has none, and what stands already is left as it is. */
export async function apply(work: Work, sure: Confirmed): Promise<Staged<ToVerify | null>> {
  const { finding, decision } = sure;
  const { rule } = decision.plan;
  if (rule === null) return withPlan(await tidy(work, finding), sure);
  const applied = await ensureRule(work, finding, { rule, addresses: sure.learned.addresses });
  if (!applied.ok) return withPlan(applied, sure);
  const again = (after: readonly Reading[]) => listMore(work, sure, { rule, after });
  return goOn({
    finding,
    hosts: decision.toRule,
    applied: applied.value,
    plan: decision.plan,
    again,
  });
}

/** Clients were given addresses that no lookup had shown: their networks are listed too. */
async function listMore(
  work: Work,
  sure: Confirmed,
  { rule, after }: { readonly rule: RuleFields; readonly after: readonly Reading[] },
): Promise<void> {
  const { router, lease, policy, journal } = work.world;
  const learned = await learnAddresses(sure.finding, after, work.world);
  const isMore = learned.networks > sure.learned.networks;
  if (router === null || !isMore || widerThanAllowed(learned, policy) !== null) return;
  if ((await reasonsAgainst(work, { ...sure, learned })).length > 0) return;
  const stillAllowed = () => lease.stillHeld() && isFresh(sure.finding, work.world);
  const listed = await router.ensure({ rule, addresses: learned.addresses }, stillAllowed);
  journal.note(...((listed.ok ? listed.value.actions : listed.error.actions) ?? []));
}

/** A stop after the decision shows the plan. */
function withPlan<T>(staged: Staged<T>, { decision: { plan } }: Confirmed): Staged<T> {
  return staged.ok ? staged : stopWith(alsoTold(staged.error, { plan }));
}

async function ensureRule(work: Work, finding: Finding, wanted: Wanted): Promise<Staged<Applied>> {
  const { job, world } = work;
  const { router, lease, journal } = world;
  if (router === null)
    return stopWith(finish(finding, { outcome: "refused", summary: "No router is configured." }));
  const { rule } = wanted;
  const what = `ensure the rule for ${rule["dst-address"] ?? `the list ${rule["dst-address-list"]}`}`;
  // Some host still needs it: whatever of ours stands already, this adds a block that was not there.
  const allowed = await lease.mayWrite({ on: "router", what, adds: true });
  if (!allowed.ok)
    return stopWith(
      retry(finding, { summary: "No rule was written.", error: allowed.error.message }),
    );
  if (lease.cancelled())
    return stopWith(
      finish(finding, { outcome: "cancelled", summary: "Cancelled before the first write." }),
    );

  const { removed, ensured } = await journal.stage("apply", () =>
    ensure(work, { finding, wanted }, router),
  );
  journal.note(...removed);
  if (!ensured.ok) return stopWith(notTaken(work, finding, { ...ensured.error, removed }));
  journal.note(...ensured.value.actions);
  const { rule: stands, added } = ensured.value;
  if (stands.ours && stands.disabled)
    return stopWith(
      finish(finding, {
        outcome: "held-by-person",
        rule: ruleState(stands, world.clock.now(), world.policy),
        summary: "Our rule was disabled by a person; it is put back only when a person asks.",
      }),
    );
  return goOn({ rule: stands, added: added || job.addsRule });
}

type ForFinding = { readonly finding: Finding; readonly wanted: Wanted };

/** A person who asks or approves gets a rule that was disabled back: the old one goes first. */
async function ensure(
  { job, world }: Work,
  { finding, wanted }: ForFinding,
  router: Router,
): Promise<{ readonly removed: readonly Action[]; readonly ensured: Result<Ensured> }> {
  const stillAllowed = () => world.lease.stillHeld() && isFresh(finding, world);
  const seen = finding.view?.rules.some((one) => one.ours && one.disabled) ?? false;
  if (!aPersonSaid(job) || !seen) {
    const ensured = await router.ensure(wanted, stillAllowed);
    // One that covers nothing any more is not in the finding.
    const found = ensured.ok && ensured.value.rule.ours && ensured.value.rule.disabled;
    if (!aPersonSaid(job) || !found || ensured.value.added) return { removed: [], ensured };
  }
  // The person's word is about the rule, whoever uses it.
  const cleared = await router.withdraw("all");
  if (!cleared.ok) return { removed: [], ensured: cleared };
  const ensured = await router.ensure(wanted, stillAllowed);
  return { removed: cleared.value.actions, ensured };
}

/** `removed`: what was taken off to make room for it. */
type NotTaken = Failure & { readonly removed: readonly Action[] };

/** A later attempt may find out what a failed one left; the last one has to say that it is open. */
function notTaken({ job, world }: Work, finding: Finding, error: NotTaken): Stop {
  const { journal, clock } = world;
  journal.note(...(error.actions ?? []));
  // What the finding saw of the rule is no longer so, once a write was done.
  const wasWritten = error.removed.length > 0 || journal.actions.some(({ ok }) => ok);
  const isUnknown = error.uncertain || wasWritten;
  const unknown = { state: "unknown", ours: true, at: clock.now() } as const;
  const told = {
    outcome: error.uncertain ? "rule-uncertain" : "router-failed",
    summary: "The router did not take the rule as wanted.",
    error: error.message,
    ...(isUnknown ? { rule: unknown } : {}),
  } as const;
  const again = !isLastAttempt(job) && (error.uncertain || error.next === "retry");
  return again ? retry(finding, told) : finish(finding, told);
}

/** Promise 2: from probes of the last two minutes. */
function isFresh(finding: Finding, world: World): boolean {
  const round = latestRound(finding);
  return round !== null && staleness(round.at, world.clock.now()) === null;
}

/**
 * Ours stands more than once (a person copied it, or an attempt died in the middle), or another cluster
 * set it and this one uses it from now on. The copies go; no rule is added.
 */
async function tidy(work: Work, finding: Finding): Promise<Staged<null>> {
  const { world } = work;
  const { router, lease, policy, journal } = world;
  const { marked = 0, usedByUs = true } = finding.view ?? {};
  const isTidy = marked < 2 && usedByUs;
  if (router === null || standingRule(finding.view) === undefined || isTidy) return goOn(null);
  const what =
    marked < 2 ? "say that this cluster uses our rule" : "remove further copies of our rule";
  const allowed = await lease.mayWrite({ on: "router", what });
  if (!allowed.ok)
    return stopWith(
      retry(finding, { summary: `Not done: ${what}.`, error: allowed.error.message }),
    );
  const removed = await journal.stage("apply", () =>
    router.tidy(ruleFor(policy), () => lease.stillHeld() && isFresh(finding, world)),
  );
  if (!removed.ok) return stopWith(notTaken(work, finding, { ...removed.error, removed: [] }));
  journal.note(...removed.value);
  return goOn(null);
}
