// Once is not proof: before a rule is written, an older failure of a kubelet at the same host or a
// second identical round has to confirm the finding; and no precondition may speak against it.
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import type { HostToJudge } from "../diagnosis/cases.ts";
import { isLastAttempt } from "./ending.ts";
import { hostsToRule, latestRound, probeAndJudge, type Finding } from "../diagnosis/finding.ts";
import type { Journal } from "../loop/journal.ts";
import { hasOlderEvidence, reasonsAgainstRule } from "../plan/preconditions.ts";
import type { Told } from "../loop/report.ts";
import type { World } from "../ports/world.ts";

export type Confirmed =
  | { readonly ok: true; readonly finding: Finding }
  | {
      readonly ok: false;
      readonly finding: Finding;
      readonly next: "done" | "retry";
      readonly told: Told;
    };

/** Rounds that may follow the first finding until two show the same. */
const MOST_FURTHER_ROUNDS = 2;

/**
 * `hosts`: those that a rule is planned for. Without any there is nothing to confirm. A round that
 * finds more hosts than the one before is a new finding and has to be confirmed itself.
 */
export async function confirmed(
  job: ClaimedJob,
  found: Finding,
  hosts: readonly string[],
  world: World,
  journal: Journal,
): Promise<Confirmed> {
  if (hosts.length === 0) return { ok: true, finding: found };
  let before: Finding | null = null;
  let finding = found;
  let toRule = hosts;
  while (unconfirmed(finding, toRule, before, world).length > 0) {
    if (finding.rounds.length >= found.rounds.length + MOST_FURTHER_ROUNDS)
      return refuse(finding, {
        outcome: "stood-down",
        summary: `Each round found other hosts than the one before, last ${toRule.join(", ")}; nothing was changed.`,
      });
    const last = finding;
    finding = await secondRound(job, last, world, journal);
    if (finding.routerError !== null) return unreadAgain(job, finding);
    const changed = toRule.filter((host) => verdictOn(finding, host) !== verdictOn(last, host));
    if (changed.length > 0)
      return refuse(finding, {
        outcome: "stood-down",
        summary: `A second round did not show the same at ${changed.join(", ")}; nothing was changed.`,
      });
    toRule = hostsToRule(finding, world.policy);
    before = last;
  }
  const against = await reasonsAgainst(finding, toRule, world);
  return against.length === 0
    ? { ok: true, finding }
    : refuse(finding, {
        outcome: "refused",
        summary: `No rule was written: ${against.join("; ")}.`,
      });
}

function unreadAgain(job: ClaimedJob, finding: Finding): Confirmed {
  return {
    ok: false,
    finding,
    next: isLastAttempt(job) ? "done" : "retry",
    told: {
      outcome: "router-failed",
      summary: "The router could not be read again; nothing was written.",
    },
  };
}

/** Neither a kubelet saw these fail a while ago, nor did the round before show the same. */
function unconfirmed(
  finding: Finding,
  hosts: readonly string[],
  before: Finding | null,
  { policy }: World,
): string[] {
  const round = latestRound(finding);
  return concernedBy(finding, hosts)
    .filter(
      (one) => round === null || !hasOlderEvidence(one, finding.cases, round, policy.evidenceAgeMs),
    )
    .map(({ host }) => host)
    .filter((host) => before === null || verdictOn(before, host) !== verdictOn(finding, host));
}

/** Waits, then probes again: the newer finding, with both rounds. */
export async function secondRound(
  job: ClaimedJob,
  found: Finding,
  world: World,
  journal: Journal,
): Promise<Finding> {
  await world.clock.sleep(world.policy.secondRoundMs);
  return probeAndJudge(job, found, world, journal);
}

async function reasonsAgainst(
  finding: Finding,
  hosts: readonly string[],
  world: World,
): Promise<string[]> {
  const [first, ...others] = finding.rounds;
  if (first === undefined) return ["nothing was measured"];
  const lifelines = await world.network.lifelines();
  const concerned = concernedBy(finding, hosts);
  const before = {
    hosts: concerned,
    cases: finding.cases,
    rounds: [first, ...others] as const,
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

function verdictOn(finding: Finding, host: string): string | undefined {
  return finding.verdicts.find((verdict) => verdict.host === host)?.name;
}

function refuse(finding: Finding, told: Told): Confirmed {
  return { ok: false, finding, next: "done", told };
}
