// No pod waits for an image and only a signal asked: nothing is probed. If an earlier attempt of
// this job had announced the rule and never reported, that attempt has done its work.
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import { done, type Ending } from "../stages/ending.ts";
import type { Finding } from "../diagnosis/finding.ts";
import type { Journal } from "../loop/journal.ts";
import { ruleState, type Reporter } from "../loop/report.ts";
import type { World } from "../ports/world.ts";

export async function nothingFails(
  job: ClaimedJob,
  looked: Finding,
  world: World,
  journal: Journal,
  report: Reporter,
): Promise<Ending> {
  const summary = "No pod waits for an image.";
  const { router } = world;
  if (!job.addsRule || router === null)
    return done(report(looked, { outcome: "nothing-failing", summary }));
  const view = await journal.stage("verify", () => router.look());
  const ours = view.ok ? view.value.rules.find((rule) => rule.ours && !rule.disabled) : undefined;
  if (ours === undefined)
    return done(
      report(looked, {
        outcome: view.ok ? "nothing-failing" : "rule-uncertain",
        summary: `${summary} An earlier attempt had announced the rule.`,
        ...(view.ok ? {} : { error: view.error.message }),
      }),
    );
  return done(
    report(looked, {
      outcome: "recovered",
      rule: ruleState(ours, world.clock.now(), world.policy),
      summary: `${summary} An earlier attempt of this job had set the rule, which stands.`,
    }),
  );
}
