// The story of one case, top to bottom. Every stage looks before it acts, so that after a crash at
// any point the same job, claimed again, starts over and ends in the same state.
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import { confirmed } from "../stages/confirm.ts";
import { decide, type Decision } from "../plan/decide.ts";
import {
  askPerson,
  cannotLook,
  notARegistry,
  observedOnly,
  stoodDown,
  type Ending,
} from "../stages/ending.ts";
import { emptyFinding, hostsToRule, probeUntilClear, type Finding } from "../diagnosis/finding.ts";
import type { Journal } from "../loop/journal.ts";
import { nothingFails } from "./nothing-fails.ts";
import { isRegistryName } from "../diagnosis/registry-name.ts";
import { reporterOf, type Reporter } from "../loop/report.ts";
import { restartAndWatch } from "../stages/restart-and-watch.ts";
import { setRule, tidied } from "../stages/apply.ts";
import { lookAfterRule } from "./standing-rule.ts";
import type { World } from "../ports/world.ts";

/** Looks, proves the cause, and does what the verdict and the policy allow. Never throws for what can be expected. */
export async function remediate(job: ClaimedJob, world: World, journal: Journal): Promise<Ending> {
  const report = reporterOf(world, journal, world.clock.now());
  if (job.registry !== null && !isRegistryName(job.registry))
    return notARegistry(job.registry, report);

  const failing = await journal.stage("look", () => world.cluster.failingPods());
  if (!failing.ok) return cannotLook(failing.error, report);
  const looked = emptyFinding(failing.value);
  if (looked.cases.length === 0 && !job.origin.person && job.kind === "remediate")
    return nothingFails(job, looked, world, journal, report);

  const found = await probeUntilClear(job, looked, world, journal);
  const toRule = hostsToRule(found, world.policy);
  const standing = await lookAfterRule(job, found, toRule, world, journal, report);
  if (standing.kind === "ends") return standing.ending;

  const first = decide(found, job, world);
  if (first.kind !== "act") return notActing(found, first, world, report);
  const sure = await confirmed(job, found, first.toRule, world, journal);
  if (!sure.ok)
    return {
      disposition: sure.next,
      report: report(sure.finding, { ...sure.told, plan: first.plan }),
    };
  const { finding } = sure;
  // A further round may have found more than the first, which nobody has approved yet.
  const decision = finding === found ? first : decide(finding, job, world);
  if (decision.kind !== "act") return notActing(finding, decision, world, report);

  const { plan, goodHosts } = decision;
  const rule =
    plan.rule === null
      ? await tidied(job, finding, standing.earlier, world, journal)
      : await setRule(job, finding, decision.toRule, plan.rule, world, journal);
  if (!rule.ok) return { disposition: rule.next, report: report(finding, { plan, ...rule.told }) };
  return restartAndWatch({ job, finding, plan, rule, goodHosts }, world, journal, report);
}

function notActing(
  finding: Finding,
  decision: Exclude<Decision, { kind: "act" }>,
  world: World,
  report: Reporter,
): Ending {
  switch (decision.kind) {
    case "stand-down":
      return stoodDown(finding, world, report);
    case "observe":
      return observedOnly(finding, decision.plan, decision.why, world, report);
    case "ask":
      return askPerson(finding, decision.plan, decision.why, world, report);
  }
}
