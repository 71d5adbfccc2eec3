// Which pods fail? Nothing is done without an answer, and little where none fails.
import { emptyFinding, withoutLook, type Finding } from "../diagnosis/finding.ts";
import { isRegistryName } from "../diagnosis/registry-name.ts";
import { standingRule } from "../ports/our-rule.ts";
import { ruleState } from "../plan/our-rule.ts";
import {
  finish,
  goOn,
  NOTHING_FOUND,
  retry,
  stopWith,
  type Staged,
  type Stop,
} from "../plan/stop.ts";
import type { Failure } from "../ports/result.ts";
import type { Work } from "../ports/world.ts";

/** What fails now. Stops where that can't be read, or where nothing fails and only a signal asked. */
export async function look(work: Work): Promise<Staged<Finding>> {
  const { job, world } = work;
  if (job.registry !== null && !isRegistryName(job.registry))
    return stopWith(notARegistry(job.registry));
  const failing = await world.journal.stage("look", () => world.cluster.failingPods());
  if (!failing.ok) return stopWith(cannotLook(failing.error));
  const looked = emptyFinding(failing.value);
  return looked.cases.length === 0 && !job.origin.person && job.kind === "remediate"
    ? stopWith(await nothingFails(work, looked))
    : goOn(looked);
}

/** A job may name a registry to measure, nothing else: the Worker is not trusted with more. */
function notARegistry(registry: string): Stop {
  return finish(NOTHING_FOUND, {
    outcome: "refused",
    summary: `The job names ${JSON.stringify(registry.slice(0, 100))}, which is no registry's host name; nothing was measured.`,
  });
}

/** The API server did not show the pods: tried again later, unless only a person can mend it. */
function cannotLook({ next, message: error, advice }: Failure): Stop {
  const finding = withoutLook("could-not-look", advice === undefined ? null : sentence(advice));
  const summary = "The failing pods could not be read, so nothing was done.";
  return next === "retry"
    ? retry(finding, { summary, error })
    : finish(finding, { outcome: "gave-up", summary, error });
}

function sentence(clause: string): string {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
}

/**
 * If an earlier attempt of this job had announced the rule and never reported, that attempt has done
 * its work.
 */
async function nothingFails({ job, world }: Work, looked: Finding): Promise<Stop> {
  const summary = "No pod waits for an image.";
  const { router, journal, clock, policy } = world;
  if (!job.addsRule || router === null)
    return finish(looked, { outcome: "nothing-failing", summary });
  const view = await journal.stage("verify", () => router.look());
  const ours = view.ok ? standingRule(view.value) : undefined;
  if (ours === undefined)
    return finish(looked, {
      outcome: view.ok ? "nothing-failing" : "rule-uncertain",
      summary: `${summary} An earlier attempt had announced the rule.`,
      ...(view.ok ? {} : { error: view.error.message }),
    });
  return finish(looked, {
    outcome: "recovered",
    rule: ruleState(ours, clock.now(), policy),
    summary: `${summary} An earlier attempt of this job had set the rule, which stands.`,
  });
}
