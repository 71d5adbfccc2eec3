// Once is not proof: before a rule is written, an older failure of a kubelet at the same host or a
// second identical round has to confirm the finding; and no precondition may speak against it.
import type { ClaimedJob } from "../src/protocol/calls.ts";
import type { HostToJudge } from "./cases.ts";
import { isLastAttempt } from "./ending.ts";
import { latestRound, probeAndJudge, type Finding } from "./finding.ts";
import type { Journal } from "./journal.ts";
import { hasOlderEvidence, reasonsAgainstRule } from "./preconditions.ts";
import type { Told } from "./report.ts";
import type { World } from "./world.ts";

export type Confirmed =
  | { readonly ok: true; readonly finding: Finding }
  | {
      readonly ok: false;
      readonly finding: Finding;
      readonly next: "done" | "retry";
      readonly told: Told;
    };

/** `hosts`: those that a rule is planned for. Without any there is nothing to confirm. */
export async function confirmed(
  job: ClaimedJob,
  found: Finding,
  hosts: readonly string[],
  world: World,
  journal: Journal,
): Promise<Confirmed> {
  if (hosts.length === 0) return { ok: true, finding: found };
  const round = latestRound(found);
  const older = concernedBy(found, hosts).every(
    (one) => round && hasOlderEvidence(one, found.cases, round, world.policy.evidenceAgeMs),
  );
  const finding = older ? found : await secondRound(job, found, world, journal);
  if (finding.routerError !== null)
    return {
      ok: false,
      finding,
      next: isLastAttempt(job) ? "done" : "retry",
      told: {
        outcome: "router-failed",
        summary: "The router could not be read again; nothing was written.",
      },
    };
  const changed = hosts.filter((host) => verdictOn(finding, host) !== verdictOn(found, host));
  if (changed.length > 0)
    return refuse(finding, {
      outcome: "stood-down",
      summary: `A second round did not show the same at ${changed.join(", ")}; nothing was changed.`,
    });
  const against = await reasonsAgainst(finding, hosts, world);
  return against.length === 0
    ? { ok: true, finding }
    : refuse(finding, {
        outcome: "refused",
        summary: `No rule was written: ${against.join("; ")}.`,
      });
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
  const round = latestRound(finding);
  if (round === null) return ["nothing was measured"];
  const lifelines = await world.network.lifelines();
  const concerned = concernedBy(finding, hosts);
  const { cases } = finding;
  const now = world.clock.now();
  return reasonsAgainstRule({ hosts: concerned, cases, round, lifelines, now }, world.policy);
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
