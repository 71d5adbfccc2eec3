// The story of one case, top to bottom. Every stage looks before it acts, so that after a crash at
// any point the same job, claimed again, starts over and ends in the same state.
import type { ClaimedJob } from "../src/protocol/calls.ts";
import { confirmed } from "./confirm.ts";
import {
  askPerson,
  cannotLook,
  notARegistry,
  observedOnly,
  stoodDown,
  type Ending,
} from "./ending.ts";
import {
  asksForRule,
  emptyFinding,
  gravestAt,
  hostsToRule,
  hostsToTrust,
  probeUntilClear,
} from "./finding.ts";
import type { Journal } from "./journal.ts";
import { mayAct } from "./may-act.ts";
import { nothingFails } from "./nothing-fails.ts";
import { planFor } from "./plan.ts";
import { isRegistryName } from "./registry-argument.ts";
import { reporterOf } from "./report.ts";
import { restartAndWatch } from "./restart-and-watch.ts";
import { setRule, tidied } from "./set-rule.ts";
import { lookAfterRule } from "./standing-rule.ts";
import type { World } from "./world.ts";

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

  const toTrust = hostsToTrust(found, toRule, world.policy);
  if (toTrust.length === 0) return stoodDown(found, world, report);
  const plan = planFor(gravestAt(found, toTrust), toTrust, toRule.length > 0, world.policy);
  const permission = mayAct(job, plan, asksForRule(found, toRule), world);
  if (permission.kind === "observe")
    return observedOnly(found, plan, permission.why, world, report);
  if (permission.kind === "ask") return askPerson(found, plan, permission.why, world, report);

  const sure = await confirmed(job, found, toRule, world, journal);
  if (!sure.ok)
    return { disposition: sure.next, report: report(sure.finding, { ...sure.told, plan }) };
  const { finding } = sure;
  const rule =
    plan.rule === null
      ? await tidied(job, finding, standing.earlier, world, journal)
      : await setRule(job, finding, toRule, plan.rule, world, journal);
  if (!rule.ok) return { disposition: rule.next, report: report(finding, { plan, ...rule.told }) };

  const goodHosts = hostsToTrust(finding, toRule, world.policy);
  return restartAndWatch({ job, finding, plan, rule, goodHosts }, world, journal, report);
}
