// One round of probes, with the router read before and after, judged host by host.
import { comesAndGoes, ROUNDS_FOR_PARTIAL } from "../diagnosis/comes-and-goes.ts";
import type { Finding } from "../diagnosis/finding.ts";
import { hostVerdicts, toMeasure, type HostVerdict } from "../diagnosis/host-verdicts.ts";
import { wasCutShort } from "../diagnosis/slow-link.ts";
import { targetsFor } from "../diagnosis/targets.ts";
import type { Work } from "../ports/world.ts";
import { evidenceTable } from "../words/evidence-table.ts";
import { explainAll } from "../words/explain.ts";
import { betweenLooks } from "./between-looks.ts";

/** The finding with one round more; unchanged but for its verdicts if nothing has to be measured. */
export async function probeOnce({ job, world }: Work, before: Finding): Promise<Finding> {
  const { policy, journal } = world;
  const { cases } = before;
  const { hosts, told } = toMeasure(job, cases, policy);
  if (hosts.length === 0) return { ...before, verdicts: told };

  const {
    measured: round,
    view,
    rules,
    error,
  } = await journal.stage("probe", () =>
    betweenLooks(world, () =>
      world.network.probe(targetsFor(hosts, policy, cases), {
        patient: before.rounds.some(wasCutShort),
      }),
    ),
  );
  const rounds = [...before.rounds, round];
  const seen = { rounds, rules, cases };
  const verdicts = [...hostVerdicts(hosts, seen, policy), ...told];
  world.log("diagnosed", {
    verdicts: explainAll(verdicts, round, policy),
    evidence: evidenceTable(round),
    quota: round.quota,
  });
  world.log("readings", { job: job.id, round });
  return { ...before, rounds, view, routerError: error, verdicts };
}

/** Probes; and again where that leaves open whether a fault comes and goes. */
export async function probe(work: Work, before: Finding): Promise<Finding> {
  return probeUntilClear(work, await probeOnce(work, before));
}

/**
 * Where IPv6 answered only some of its tries, in this round or over all, up to three rounds: a fault
 * that comes and goes shows in many tries only. A round that a slow link did not let finish is
 * followed by one that waits longer.
 */
export async function probeUntilClear(work: Work, found: Finding): Promise<Finding> {
  let finding = found;
  while (finding.rounds.length < ROUNDS_FOR_PARTIAL && finding.verdicts.some(isUnclear(finding))) {
    await untilNextRound(work);
    if (work.world.lease.cancelled()) return finding;
    finding = await probeOnce(work, finding);
  }
  return finding;
}

/** Waits, then probes again: the newer finding, with all rounds. */
export async function probeAgain(work: Work, found: Finding): Promise<Finding> {
  await untilNextRound(work);
  return probeOnce(work, found);
}

async function untilNextRound({ world }: Work): Promise<void> {
  const { secondRoundMs } = world.policy;
  world.lease.waits("the next round, because one round is no proof", secondRoundMs);
  await world.clock.sleep(secondRoundMs);
}

function isUnclear({ rounds }: Finding): (verdict: HostVerdict) => boolean {
  const hasty = rounds.length === 1 && rounds.some(wasCutShort);
  return ({ name, host, follow }) => {
    if (host === null) return false;
    if (name === "inconclusive") return hasty || comesAndGoes(rounds, host);
    // Not all of IPv4 was waited for, which a rule needs.
    return hasty && (follow === "rule" || follow === "ask");
  };
}
