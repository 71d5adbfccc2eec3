// The last chapters: restart the pods whose host works again, and watch what becomes of them.
import type { PodStory } from "../../src/protocol/report.ts";
import { casesOf, type Case } from "../diagnosis/cases.ts";
import { ipv4IsLost, latestRound } from "../diagnosis/finding.ts";
import { chooseRestarts, MOST_REACHED } from "../plan/choose-restarts.ts";
import { outcomeOf, summaryOf } from "../plan/outcome.ts";
import {
  alsoTold,
  finish,
  goOn,
  retry,
  stopWith,
  type Staged,
  type Stop,
  type Told,
} from "../plan/stop.ts";
import type { Result } from "../ports/result.ts";
import type { Work, World } from "../ports/world.ts";
import { takeClampsOff } from "./clamp.ts";
import { restartPods, type Chosen, type Watched } from "./evict.ts";
import { proofOf, type Healed } from "./still-proven.ts";
import type { Useless } from "./verify.ts";
import { withdrawLostRule } from "./lost-rule.ts";
import { probeOnce } from "./probe.ts";
import { watchPods } from "./watch.ts";

export type Restarted = Healed & {
  /** Every pod that fails, and what was done about it. */
  readonly stories: readonly PodStory[];
  readonly cases: readonly Case[];
  readonly restarted: readonly Watched[];
  /** Why some that were chosen could not be restarted any more; null: all were. */
  readonly unfinished: string | null;
};

/** Restarts only what fails now: the pods are read again, as some may have pulled meanwhile. */
export async function restart(work: Work, healed: Healed): Promise<Staged<Restarted>> {
  return work.world.journal.stage("restart", () => restartNow(work, healed));
}

async function restartNow(work: Work, before: Healed): Promise<Staged<Restarted>> {
  const { world } = work;
  const failing = await world.cluster.failingPods();
  if (!failing.ok) {
    const told = notRestarted(before, failing.error.message);
    return stopWith(
      failing.error.next === "retry"
        ? retry(before.finding, told)
        : finish(before.finding, { ...told, outcome: "still-failing" }),
    );
  }
  const proof = proofOf(work, before);
  await proof.renew();
  const healed = proof.healed();
  const { finding, decision } = healed;
  const { goodHosts } = decision;
  const cases = casesOf(failing.value);
  const stories = storiesOf(work, healed, cases);
  const chosen = withPods(
    stories.filter(({ decision: what }) => what === "restart"),
    cases,
  );
  const nothing = { ...healed, stories, cases, restarted: [], unfinished: null };
  if (chosen.length === 0) return goOn(nothing);
  const what = `restart ${chosen.length} pod(s)`;
  const at = world.cluster.serverTime();
  const allowed = await world.lease.mayWrite({
    on: "cluster",
    what,
    ...(at === null ? {} : { at }),
  });
  if (!allowed.ok) return stopWith(retry(finding, notRestarted(healed, allowed.error.message)));
  const stale = proof.stale();
  if (stale !== null) return stopWith(retry(finding, notRestarted(healed, stale)));
  const restarted = await restartPods({ chosen, goodHosts, proof }, world);
  const isAll = restarted.length === chosen.length;
  const unfinished = isAll ? null : (proof.stale() ?? "the lease ran short");
  return goOn({ ...nothing, ...proof.healed(), restarted, unfinished });
}

function storiesOf({ job, world }: Work, healed: Healed, cases: readonly Case[]): PodStory[] {
  const { memory, clock, policy } = world;
  const quota = latestRound(healed.finding)?.quota;
  const choice = {
    cases,
    goodHosts: healed.decision.goodHosts,
    quota: quota ?? { state: "unknown", why: "not measured" },
    memory,
    restartsAt: job.restartsAt,
    now: clock.now(),
    serverNow: world.cluster.serverTime() ?? clock.now(),
  } as const;
  return chooseRestarts(choice, policy);
}

function notRestarted(healed: Healed, error: string): Told {
  return { ...besides(healed), summary: "No pod was restarted.", error };
}

/** What every report says after the rule. */
function besides({ decision, helps }: Healed): Pick<Told, "plan" | "after" | "rule"> {
  const { rule, after } = helps;
  return { plan: decision.plan, after, ...(rule === null ? {} : { rule }) };
}

/**
 * Watches the restarted pods, or those that retry by themselves, and says how it ended. An error: they
 * failed again in the same way, under a rule that this job added.
 */
export async function watch(work: Work, restarted: Restarted): Promise<Result<Stop, Useless>> {
  const { world } = work;
  const { finding, stories, helps } = restarted;
  const watched =
    restarted.restarted.length > 0 ? restarted.restarted : leftAlone(restarted, world);
  const became = await world.journal.stage("watch", () => watchPods(watched, world));
  const pods = stories.map((story) => became.find(({ uid }) => uid === story.uid) ?? story);
  const told = { ...besides(restarted), pods };
  if (world.lease.cancelled()) {
    const summary = "Cancelled by a person.";
    return goOn(finish(finding, { ...told, outcome: "cancelled", summary }));
  }
  if (restarted.unfinished !== null) {
    const summary = `Only ${restarted.restarted.length} pods could be restarted: ${restarted.unfinished}.`;
    return goOn(retry(finding, { ...told, summary }));
  }
  const left = stories.filter(({ why }) => why === MOST_REACHED).length;
  const end = {
    became,
    ruled: helps.rule !== null,
    clamped: helps.clamped !== undefined,
    elsewhere: failsElsewhere(restarted),
    left,
    refused: refusalsOf(restarted),
  };
  const outcome = outcomeOf(end);
  if (outcome !== "recovered" && ruleStands(restarted)) {
    // Our own reject makes pulls say "no route to host" once IPv4 is gone.
    const now = await probeOnce(work, finding);
    if (ipv4IsLost(now))
      return goOn(alsoTold(await withdrawLostRule(work, now), { plan: told.plan ?? null, pods }));
  }
  if (outcome === "no-better" && helps.added && helps.rule !== null) {
    const { added, rule } = helps;
    const why = "The pods failed again in the same way.";
    return { ok: false, error: { ...told, finding, added, rule, why } };
  }
  if (outcome === "no-better" && helps.clamped !== undefined) {
    const summary = `${summaryOf(end)} The pods failed again in the same way.`;
    return goOn(await takeClampsOff(work, finding, { ...told, summary }));
  }
  return goOn(finish(finding, { ...told, outcome, summary: summaryOf(end) }));
}

function refusalsOf({ restarted }: Restarted): readonly string[] {
  return restarted.flatMap(({ story }) =>
    story.restarted === "failed" || story.restarted === "blocked-by-budget"
      ? [`${story.namespace}/${story.name}: ${story.detail ?? story.restarted}`]
      : [],
  );
}

/** A rule keeps clients from IPv6: one that this job set, or one that stood before. */
function ruleStands({ helps, finding }: Restarted): boolean {
  return helps.rule !== null || (finding.view?.rules.some(({ disabled }) => !disabled) ?? false);
}

function failsElsewhere({ cases, decision }: Restarted): boolean {
  return cases.some(
    ({ kind, hosts }) => kind !== "text-decides" && !areGood(hosts, decision.goodHosts),
  );
}

function withPods(stories: readonly PodStory[], cases: readonly Case[]): Chosen[] {
  return stories.flatMap((story) => {
    const own = cases.filter(({ pod }) => pod.uid === story.uid);
    const pod = own[0]?.pod;
    const hosts = own.flatMap((one) => one.hosts);
    return pod === undefined ? [] : [{ story, pod, hosts, registry: own[0]?.registry ?? "" }];
  });
}

/** Nobody was restarted: then the pods at the good hosts that retry by themselves are watched. */
function leftAlone({ stories, cases, decision }: Restarted, world: World): Watched[] {
  const serverAt = world.cluster.serverTime() ?? world.clock.now();
  const decided = new Set(
    cases.filter(({ kind }) => kind === "text-decides").map(({ pod }) => pod.uid),
  );
  return withPods(stories, cases)
    .filter(({ hosts, pod }) => areGood(hosts, decision.goodHosts) && !decided.has(pod.uid))
    .map((one) => ({ ...one, serverAt }));
}

function areGood(hosts: readonly string[], goodHosts: readonly string[]): boolean {
  return hosts.every((host) => goodHosts.includes(host));
}
