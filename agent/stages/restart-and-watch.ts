// The last chapters: restart the pods whose host works again, watch them, and say how it ended.
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import type { Outcome, Plan, PodStory } from "../../src/protocol/report.ts";
import { casesOf, type Case } from "../diagnosis/cases.ts";
import { chooseRestarts } from "../plan/choose-restarts.ts";
import { done, type Ending } from "./ending.ts";
import { latestRound, type Finding } from "../diagnosis/finding.ts";
import type { Journal } from "../loop/journal.ts";
import { FRESH_MS } from "../plan/preconditions.ts";
import type { Reporter, Told } from "../loop/report.ts";
import { restartPods, type Chosen, type Watched } from "./restart.ts";
import type { RuleSet } from "./verify.ts";
import { watchPods } from "./watch.ts";
import { takeBack } from "../jobs/withdraw.ts";
import type { World } from "../ports/world.ts";
import type { FailingPod } from "../ports/cluster.ts";

export type LastChapters = {
  readonly job: ClaimedJob;
  readonly finding: Finding;
  readonly plan: Plan;
  readonly rule: Extract<RuleSet, { ok: true }>;
  /** Hosts whose path was fixed, or is healthy. */
  readonly goodHosts: readonly string[];
};

/** Restarts only what fails now: the pods are read again, as some may have pulled meanwhile. */
export async function restartAndWatch(
  chapters: LastChapters,
  world: World,
  journal: Journal,
  report: Reporter,
): Promise<Ending> {
  const { job, finding, plan, rule, goodHosts } = chapters;
  const rest: Omit<Told, "summary"> = {
    plan,
    after: rule.after,
    ...(rule.rule ? { rule: rule.rule } : {}),
  };
  const restarts = await journal.stage("restart", () => restartAgain(chapters, world, journal));
  if (!restarts.ok) {
    const { next, why } = restarts;
    const outcome = next === "done" ? ({ outcome: "still-failing" } as const) : {};
    const told = { ...rest, ...outcome, summary: "No pod was restarted.", error: why };
    return { disposition: next, report: report(finding, told) };
  }
  const { stories, cases, restarted, unfinished } = restarts;
  const watched = restarted.length > 0 ? restarted : leftAlone(stories, cases, goodHosts, world);
  const became = await journal.stage("watch", () => watchPods(watched, world));
  const pods = stories.map((story) => became.find(({ uid }) => uid === story.uid) ?? story);
  if (world.lease.cancelled()) {
    const told = {
      ...rest,
      pods,
      outcome: "cancelled",
      summary: "Cancelled by a person.",
    } as const;
    return done(report(finding, told));
  }
  if (unfinished) {
    const summary = `Only ${restarted.length} pods could be restarted before the lease ran short.`;
    return { disposition: "retry", report: report(finding, { ...rest, pods, summary }) };
  }

  const ruled = rule.rule !== null;
  const elsewhere = cases.some(
    ({ kind, hosts }) => kind !== "text-decides" && !areGood(hosts, goodHosts),
  );
  const outcome = outcomeOf(became, ruled, elsewhere);
  if (outcome === "no-better" && rule.added) {
    const { next, told } = await takeBack(job, world, journal);
    const summary = `The pods failed again in the same way. ${told.summary}`;
    return { disposition: next, report: report(finding, { ...rest, ...told, pods, summary }) };
  }
  const summary = summaryOf(became, ruled, elsewhere);
  return done(report(finding, { ...rest, pods, outcome, summary }));
}

type Restarts =
  | {
      readonly ok: true;
      readonly stories: readonly PodStory[];
      readonly cases: readonly Case[];
      readonly restarted: readonly Watched[];
      /** Some that were chosen could not be restarted any more. */
      readonly unfinished: boolean;
    }
  | { readonly ok: false; readonly next: "done" | "retry"; readonly why: string };

async function restartAgain(
  { job, finding, rule, goodHosts }: LastChapters,
  world: World,
  journal: Journal,
): Promise<Restarts> {
  const failing = await world.cluster.failingPods();
  if (!failing.ok) {
    const next = failing.error.next === "retry" ? "retry" : "done";
    return { ok: false, next, why: failing.error.message };
  }
  const cases = casesOf(failing.value);
  const round = latestRound(finding);
  const { memory, clock, policy } = world;
  const stories = chooseRestarts(
    {
      cases,
      goodHosts,
      quota: round?.quota ?? { state: "unknown", why: "not measured" },
      memory,
      restartsAt: job.restartsAt,
      now: clock.now(),
    },
    policy,
  );
  const chosen = withPods(
    stories.filter(({ decision }) => decision === "restart"),
    cases,
  );
  if (chosen.length === 0) return { ok: true, stories, cases, restarted: [], unfinished: false };
  const allowed = await world.lease.mayWrite("cluster", `restart ${chosen.length} pod(s)`);
  if (!allowed.ok) return { ok: false, next: "retry", why: allowed.error.message };
  const provenAt = Math.max(round?.at ?? 0, rule.verifiedAt ?? 0);
  const ageMs = clock.now() - provenAt;
  if (ageMs > FRESH_MS)
    return { ok: false, next: "retry", why: `the probes are ${Math.round(ageMs / 1000)} s old` };
  const restarted = await restartPods({ chosen, goodHosts }, world, journal);
  return { ok: true, stories, cases, restarted, unfinished: restarted.length < chosen.length };
}

function withPods(stories: readonly PodStory[], cases: readonly Case[]): Chosen[] {
  return stories.flatMap((story) => {
    const own = cases.filter(({ pod }) => pod.uid === story.uid);
    const pod: FailingPod | undefined = own[0]?.pod;
    const hosts = own.flatMap((one) => one.hosts);
    return pod === undefined ? [] : [{ story, pod, hosts, registry: own[0]?.registry ?? "" }];
  });
}

/** Nobody was restarted: then the pods at the good hosts that retry by themselves are watched. */
function leftAlone(
  stories: readonly PodStory[],
  cases: readonly Case[],
  goodHosts: readonly string[],
  world: World,
): Watched[] {
  const decided = new Set(
    cases.filter(({ kind }) => kind === "text-decides").map(({ pod }) => pod.uid),
  );
  return withPods(stories, cases)
    .filter(({ hosts, pod }) => areGood(hosts, goodHosts) && !decided.has(pod.uid))
    .map((one) => ({ ...one, at: world.clock.now() }));
}

function areGood(hosts: readonly string[], goodHosts: readonly string[]): boolean {
  return hosts.every((host) => goodHosts.includes(host));
}

/** `elsewhere`: other pods still fail at a host that was not fixed. */
function outcomeOf(became: readonly PodStory[], ruled: boolean, elsewhere: boolean): Outcome {
  const count = (word: PodStory["became"]): number =>
    became.filter((pod) => pod.became === word).length;
  const pulled = count("pulled");
  if (pulled === became.length && !elsewhere) return "recovered";
  if (pulled > 0) return "partly-recovered";
  const onlyAgain = count("still-failing") > 0 && count("other-cause") === 0;
  return ruled && onlyAgain ? "no-better" : "still-failing";
}

function summaryOf(became: readonly PodStory[], ruled: boolean, elsewhere: boolean): string {
  const rule = ruled ? "The rule is in place and clients use IPv4. " : "";
  const others = became.filter((pod) => pod.became === "other-cause");
  const causes = [...new Set(others.map(({ detail }) => detail ?? ""))].slice(0, 3).join("; ");
  const tail = `${causes === "" ? "" : ` Another cause: ${causes}.`}${elsewhere ? " Pods at other hosts still fail." : ""}`;
  if (became.length === 0) return `${rule}No pod waits for a host that works now.${tail}`;
  const pulled = became.filter((pod) => pod.became === "pulled").length;
  return `${rule}${pulled} of ${became.length} watched pod(s) have their image.${tail}`;
}
