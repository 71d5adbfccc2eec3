// Once is not proof: before a rule is written, an older failure of a kubelet at the same host or a
// second identical round has to confirm the finding; and no precondition may speak against it.
import type { HostToJudge } from "../diagnosis/cases.ts";
import { latestRound, verdictOn, type Finding } from "../diagnosis/finding.ts";
import { decide, hostsToMend, settingOf, type ToAct } from "../plan/decide.ts";
import { hasOlderEvidence, reasonsAgainstRule } from "../plan/preconditions.ts";
import {
  finish,
  goOn,
  isLastAttempt,
  retry,
  stopWith,
  type Staged,
  type Stop,
} from "../plan/stop.ts";
import type { Work } from "../ports/world.ts";
import {
  learnAddresses,
  NOTHING_LEARNED,
  widerThanAllowed,
  type Learned,
} from "./learn-addresses.ts";
import { notActing } from "./not-acting.ts";
import { probeAgain, probeUntilClear } from "./probe.ts";

/** A finding that is proven, and what is done about it. */
export type Confirmed = {
  readonly finding: Finding;
  readonly decision: ToAct;
  /** What a rule would keep clients from, as far as it is known. */
  readonly learned: Learned;
};

/** Rounds that may follow the first finding until two show the same. */
const MOST_FURTHER_ROUNDS = 2;

/**
 * Confirms what a rule is planned for; without a rule there is nothing to confirm. A round that finds
 * more hosts than the one before is a new finding: it has to be confirmed itself, and is decided on anew.
 */
export async function confirm(
  work: Work,
  found: Finding,
  decision: ToAct,
): Promise<Staged<Confirmed>> {
  if (decision.toRule.length === 0 && decision.clamping === null)
    return goOn({ finding: found, decision, learned: NOTHING_LEARNED });
  const proven = await proveTwice(work, found, decision);
  if (!proven.ok) return proven;
  const finding = proven.value;
  const anew = finding === found ? decision : decide(finding, work.job, settingOf(work.world));
  if (anew.kind !== "act") return stopWith(notActing(work, finding, anew));
  const nothingLearned = { finding, decision: anew, learned: NOTHING_LEARNED };
  // A clamp moves nobody to another family: none of what follows concerns it.
  if (anew.clamping !== null) return goOn(nothingLearned);
  const learned = await learnAddresses(finding, [], work.world);
  const wider = widerThanAllowed(learned, work.world.policy);
  const outcome = "refused";
  if (wider !== null)
    return stopWith(finish(finding, { outcome, summary: wider, plan: anew.plan }));
  const sure = { finding, decision: anew, learned };
  const against = await reasonsAgainst(work, sure);
  const summary = `No rule was written: ${against.join("; ")}.`;
  return against.length === 0
    ? goOn(sure)
    : stopWith(finish(finding, { outcome, summary, plan: anew.plan }));
}

async function proveTwice(
  work: Work,
  found: Finding,
  { plan, toRule, clamping }: ToAct,
): Promise<Staged<Finding>> {
  let before: Finding | null = null;
  let finding = found;
  let hosts: readonly string[] = clamping?.hosts ?? toRule;
  while (findUnconfirmed({ finding, before }, hosts, oldEvidence(work, finding)).length > 0) {
    const outcome = "stood-down";
    if (finding.rounds.length >= found.rounds.length + MOST_FURTHER_ROUNDS) {
      const summary = `Each round found other hosts than the one before, last ${hosts.join(", ")}; nothing was changed.`;
      return stopWith(finish(finding, { outcome, summary, plan }));
    }
    const last: Finding = finding;
    finding = await probeAgain(work, last);
    if (finding.routerError !== null) return stopWith(unreadAgain(work, finding, plan));
    const next = finding;
    const changed = hosts.filter((host) => verdictOn(next, host) !== verdictOn(last, host));
    if (changed.length > 0) return stopWith(await notTheSame(work, finding, { plan, changed }));
    hosts = hostsToMend(finding, settingOf(work.world));
    before = last;
  }
  return goOn(finding);
}

/** A fault that comes and goes is looked at up to three times, and then at most asked about. */
async function notTheSame(
  work: Work,
  second: Finding,
  { plan, changed }: { readonly plan: ToAct["plan"]; readonly changed: readonly string[] },
): Promise<Stop> {
  const finding = await probeUntilClear(work, second);
  const anew = decide(finding, work.job, settingOf(work.world));
  if (anew.kind === "ask") return notActing(work, finding, anew);
  const summary = `A second round did not show the same at ${changed.join(", ")}; nothing was changed.`;
  return finish(finding, { outcome: "stood-down", summary, plan });
}

function unreadAgain({ job }: Work, finding: Finding, plan: ToAct["plan"]): Stop {
  const told = {
    outcome: "router-failed",
    summary: "The router could not be read again; nothing was written.",
    plan,
  } as const;
  return isLastAttempt(job) ? finish(finding, told) : retry(finding, told);
}

/**
 * What a kubelet saw before this is older evidence: ms since the epoch, by the API server's clock, as
 * the times of events are. Infinitely long ago if nothing was measured.
 */
function oldEvidence({ world }: Work, finding: Finding): number {
  const round = latestRound(finding);
  if (round === null) return -Infinity;
  const now = world.clock.now();
  const aheadMs = now - (world.cluster.serverTime() ?? now);
  return round.at - aheadMs - world.policy.evidenceAgeMs;
}

/** Neither a kubelet saw these fail a while ago, nor did the round before show the same. */
function findUnconfirmed(
  { finding, before }: { readonly finding: Finding; readonly before: Finding | null },
  hosts: readonly string[],
  oldBefore: number,
): string[] {
  return concernedBy(finding, hosts)
    .filter((one) => !hasOlderEvidence(one, finding.cases, { before: oldBefore }))
    .map(({ host }) => host)
    .filter((host) => before === null || verdictOn(before, host) !== verdictOn(finding, host));
}

/** Every precondition, asked now; empty if the rule may be written. */
export async function reasonsAgainst(
  { world }: Work,
  { finding, decision, learned }: Confirmed,
): Promise<string[]> {
  const [first, ...others] = finding.rounds;
  if (first === undefined) return ["nothing was measured"];
  const lifelines = await world.network.lifelines();
  const concerned = concernedBy(finding, decision.toRule);
  const before = {
    hosts: concerned,
    cases: finding.cases,
    rounds: [first, ...others] as const,
    addresses: learned.addresses,
    beside: learned.beside,
    lifelines,
    now: world.clock.now(),
  };
  return [...inconclusiveBeside(finding, concerned), ...reasonsAgainstRule(before, world.policy)];
}

/** Another host of the same pull of which nothing is proven: what is done for one is done for both. */
function inconclusiveBeside({ verdicts }: Finding, concerned: readonly HostToJudge[]): string[] {
  return verdicts
    .filter(({ name, measured }) => measured && name === "inconclusive")
    .filter(({ registry }) => concerned.some((one) => one.registry === registry))
    .map(({ host }) => `the readings of ${host} prove nothing`);
}

function concernedBy({ verdicts }: Finding, hosts: readonly string[]): HostToJudge[] {
  return verdicts.flatMap(({ host, registry }) =>
    host !== null && registry !== null && hosts.includes(host) ? [{ host, registry }] : [],
  );
}
