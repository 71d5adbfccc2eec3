// The last chapters: restart the pods whose host works again, watch them, and say how it ended.
import type { Outcome, Plan, PodStory } from "../src/protocol/report.ts";
import { chooseRestarts } from "./choose-restarts.ts";
import { done, type Ending } from "./ending.ts";
import { latestRound, type Finding } from "./finding.ts";
import type { Journal } from "./journal.ts";
import type { Reporter, Told } from "./report.ts";
import { restartPods, watchPods, type Restarted } from "./restart.ts";
import type { RuleSet } from "./set-rule.ts";
import { takeBack } from "./withdraw.ts";
import type { World } from "./world.ts";

/** `plan.hosts` are those that were fixed or are healthy. */
export async function restartAndWatch(
  finding: Finding,
  plan: Plan,
  rule: Extract<RuleSet, { ok: true }>,
  world: World,
  journal: Journal,
  report: Reporter,
): Promise<Ending> {
  const base: Omit<Told, "summary"> = {
    plan,
    after: rule.after,
    ...(rule.rule ? { rule: rule.rule } : {}),
  };
  const stories = chooseRestarts(
    {
      cases: finding.cases,
      goodHosts: plan.hosts,
      quota: latestRound(finding)?.quota ?? { state: "unknown", why: "not measured" },
      memory: world.memory,
      now: world.clock.now(),
    },
    world.policy,
  );
  const chosen = withPods(
    stories.filter(({ decision }) => decision === "restart"),
    finding,
  );
  const allowed =
    chosen.length === 0
      ? null
      : await world.lease.mayWrite("cluster", `restart ${chosen.length} pod(s)`);
  if (allowed !== null && !allowed.ok) {
    const summary = "No pod was restarted.";
    return {
      disposition: "retry",
      report: report(finding, { ...base, summary, error: allowed.error.message }),
    };
  }
  const restarted = await journal.stage("restart", () => restartPods(chosen, world, journal));
  const watched = restarted.length > 0 ? restarted : leftAlone(stories, plan, finding, world);
  const became = await journal.stage("watch", () => watchPods(watched, world));
  const pods = merge(stories, became);

  if (world.lease.cancelled())
    return done(
      report(finding, { ...base, pods, outcome: "cancelled", summary: "Cancelled by a person." }),
    );
  const outcome = outcomeOf(became, rule.rule !== null);
  if (outcome === "no-better" && rule.added) {
    const { next, told } = await takeBack(world, journal);
    const summary = `The pods failed again in the same way. ${told.summary}`;
    return { disposition: next, report: report(finding, { ...base, ...told, pods, summary }) };
  }
  return done(
    report(finding, {
      ...base,
      pods,
      outcome,
      summary: summaryOf(became, outcome, rule.rule !== null),
    }),
  );
}

function withPods(
  stories: readonly PodStory[],
  finding: Finding,
): { story: PodStory; pod: Finding["failing"][number] }[] {
  return stories.flatMap((story) => {
    const pod = finding.failing.find(({ uid }) => uid === story.uid);
    return pod === undefined ? [] : [{ story, pod }];
  });
}

/** Nobody was restarted: then the pods at the fixed hosts that retry by themselves are watched. */
function leftAlone(
  stories: readonly PodStory[],
  plan: Plan,
  finding: Finding,
  world: World,
): Restarted[] {
  const concerned = stories.filter(({ host }) => host !== null && plan.hosts.includes(host));
  return withPods(concerned, finding).map((one) => ({ ...one, at: world.clock.now() }));
}

function outcomeOf(became: readonly PodStory[], ruled: boolean): Outcome {
  const pulled = became.filter((pod) => pod.became === "pulled").length;
  if (pulled === became.length) return "recovered";
  if (pulled > 0) return "partly-recovered";
  const again = became.filter((pod) => pod.became === "still-failing").length;
  return ruled && again > 0 && again === became.length ? "no-better" : "still-failing";
}

function summaryOf(became: readonly PodStory[], outcome: Outcome, ruled: boolean): string {
  const rule = ruled ? "The rule is in place and clients use IPv4. " : "";
  if (outcome === "recovered" && became.length === 0)
    return `${rule}The path works; no pod waited for it.`;
  const pulled = became.filter((pod) => pod.became === "pulled").length;
  const others = became.filter((pod) => pod.became === "other-cause");
  const causes = [...new Set(others.map(({ detail }) => detail ?? ""))].slice(0, 3).join("; ");
  const tail = causes === "" ? "" : ` Another cause: ${causes}.`;
  return `${rule}${pulled} of ${became.length} watched pod(s) have their image.${tail}`;
}

function merge(stories: readonly PodStory[], became: readonly PodStory[]): PodStory[] {
  return stories.map((story) => became.find(({ uid }) => uid === story.uid) ?? story);
}
