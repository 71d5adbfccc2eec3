// What must hold after each attempt of a job, and at the end, judged by the router's own table.
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import type { RuleState } from "../../src/protocol/report.ts";
import type { Ending } from "../support/a-world.ts";
import type { Cluster, Path } from "./history.ts";
import type { Scene } from "./scene.ts";
import { blockedAt, HUB_ADDRESSES, isAsWanted, isEnabled, type Truth } from "./truth.ts";
import { Violation, type Effect, type Watcher } from "./watch.ts";

export type Attempt = {
  readonly job: ClaimedJob;
  /** Whose agent carried it out. */
  readonly cluster: Cluster;
  readonly path: Path;
  readonly before: Truth;
  /** What the Worker knew of the rule. */
  readonly seen: RuleState | null;
  readonly ending: Ending;
  /** Nothing went wrong on the way, and nobody interfered. */
  readonly calm: boolean;
};

export function checkAttempt(attempt: Attempt, scene: Scene): void {
  const after = scene.watcher.truth();
  tellsItsWrites(attempt.ending, scene.watcher.effects);
  leavesAPersonsWill(attempt, scene);
  listsForAWhile(after);
  if (scene.watcher.disturbed || hasExpired(attempt.before, after, scene.watcher)) return;
  leavesOthersTheirs(attempt, after);
  saysThatItUses(attempt, after);
  endsAsItSays(attempt, after, scene);
}

const othersOf = ({ users }: Truth, cluster: Cluster) => users.filter((name) => name !== cluster);

/** Markers of others stay; and our rule with them, but where IPv4 died or a person wants it anew. */
function leavesOthersTheirs({ cluster, job, path, before, ending }: Attempt, after: Truth): void {
  const others = othersOf(before, cluster);
  const gone = others.filter((name) => !after.users.includes(name));
  if (gone.length > 0) throw new Violation(`the marker of ${gone.join()} is gone`);
  const forAll = path === "ipv4 lost" || (job.kind === "remediate" && job.origin.person);
  const removed = before.rules.some(isEnabled) && !after.rules.some(isEnabled);
  if (others.length > 0 && removed && !forAll)
    throw new Violation(`${ending.report.outcome}: took off what ${others.join()} uses`);
}

/** Who relies on our rule has left a marker. */
function saysThatItUses({ cluster, job, path, ending, calm }: Attempt, after: Truth): void {
  const relies = job.kind === "remediate" && path === "stalls" && calm;
  if (!relies || ending.report.outcome !== "recovered" || !after.rules.some(isEnabled)) return;
  if (ending.report.rule?.ours === true && !after.users.includes(cluster))
    throw new Violation(`${cluster} relies on our rule and left no marker`);
}

/** Some entry went by itself: in these histories nobody keeps them while a job runs. */
function hasExpired(before: Truth, after: Truth, { effects }: Watcher): boolean {
  const left = after.entries.map((entry) => entry[".id"]);
  const gone = before.entries.some((entry) => !left.includes(entry[".id"]));
  return gone && !effects.some(({ kind }) => kind === "entry removed");
}

const IN_WORDS: Readonly<Record<Effect["kind"], RegExp>> = {
  "rule added": /^add our rule/,
  "rule removed": /^remove our rule/,
  "rule moved": /^move our rule/,
  "entry written": /^(add|keep) .* the list (?!backon-clusters)/,
  "entry removed": /^take .* out of the list (?!backon-clusters)/,
};

/** Each write that changed something is among the report's actions, or the report is unsure. */
function tellsItsWrites({ report }: Ending, effects: readonly Effect[]): void {
  if (report.outcome === "rule-uncertain") return;
  for (const kind of new Set(effects.map((effect) => effect.kind))) {
    const done = effects.filter((effect) => effect.kind === kind).length;
    const told = report.actions.filter(({ what }) => IN_WORDS[kind].test(what)).length;
    if (told < done)
      throw new Violation(`${kind} ${done} times, told ${told} times (${report.outcome})`);
  }
}

/** What a person disabled or removed is not put back by an alert's job. */
function leavesAPersonsWill({ job, before, seen }: Attempt, scene: Scene): void {
  const { effects, disturbed } = scene.watcher;
  const { policy } = scene.place;
  if (job.origin.person || disturbed || !effects.some(({ kind }) => kind === "rule added")) return;
  // One for another network may be of older settings, which nobody misses.
  const isOlder = policy.profile === "prefix" && seen?.networks?.includes(policy.prefix) !== true;
  const disabled = before.rules.length > 0 && !before.rules.some(isEnabled);
  const removed = before.rules.length === 0 && seen?.state === "present" && seen.ours && !isOlder;
  if (disabled || removed)
    throw new Violation(
      `an alert's job put back what a person ${disabled ? "disabled" : "removed"}`,
    );
}

/** What we list lies in PREFIX and goes by itself. */
function listsForAWhile({ entries }: Truth): void {
  for (const { address = "", timeout } of entries) {
    if (!address.startsWith("2600:1f18:")) throw new Violation(`${address} is in the list`);
    if (timeout === undefined) throw new Violation(`${address} stays in the list for good`);
  }
}

/** A copy could not be removed, which is no reason not to go on. */
function tellsWhatStays({ report }: Ending): boolean {
  return report.actions.some(({ ok, what }) => !ok && IN_WORDS["rule removed"].test(what));
}

const RULED = ["recovered", "partly-recovered"];
const GONE = ["withdrawn", "healed"];

/** Nobody else changed anything: what the report says is so. */
function endsAsItSays(
  { job, cluster, path, before, ending, calm }: Attempt,
  after: Truth,
  scene: Scene,
): void {
  const { outcome, rule, summary } = ending.report;
  const enabled = after.rules.filter(isEnabled);
  if (outcome === undefined || outcome === "rule-uncertain") return;
  if (after.rules.length > Math.max(1, before.rules.length) && !tellsWhatStays(ending))
    throw new Violation(`${before.rules.length} rules of ours became ${after.rules.length}`);
  if (RULED.includes(outcome) && path === "stalls" && job.kind === "remediate") {
    const open = HUB_ADDRESSES.length - blockedAt(scene.place.os).length;
    if (open > 0) throw new Violation(`${outcome}, but ${open} addresses are open`);
    if (enabled.length > 1 && !tellsWhatStays(ending))
      throw new Violation(`${outcome} with ${enabled.length} rules of ours`);
  }
  const gone =
    GONE.includes(outcome) || /It was withdrawn again|Our rule was withdrawn/.test(summary);
  const stays = othersOf(before, cluster).length > 0 && summary.includes("It stays on the router");
  if (gone && !stays && after.rules.length + after.entries.length > 0)
    throw new Violation(`${outcome}, but something of ours is left`);
  if (rule?.state === "present" && rule.ours && after.rules.length === 0)
    throw new Violation(`${outcome}: the report says that our rule stands, but it does not`);
  const helps = job.kind === "remediate" && path === "stalls" && calm;
  if (helps && !isExplained(ending)) throw new Violation(`${outcome}, and it does not say why`);
  const { policy } = scene.place;
  if (rule?.state === "absent" && enabled.some((row) => isAsWanted(row, policy)))
    throw new Violation(`${outcome}: the report says that there is no rule, but there is`);
}

/** Where the rule can help, the job either sets it or says what stands in the way. */
function isExplained({ report }: Ending): boolean {
  const { outcome = "", rule, summary, error = "" } = report;
  if (outcome === "no-better" || outcome === "stood-down")
    return typeof rule?.behind === "string" || summary.includes("stands behind");
  if (outcome === "router-failed") return /our (rule|entry) .* was (changed|disabled)/.test(error);
  return ["recovered", "held-by-person", "nothing-failing"].includes(outcome);
}

/** Nothing disturbs this job: it sets the rule, or says why it can't. */
export function checkLast(before: Truth, ending: Ending, scene: Scene): void {
  const { os, policy } = scene.place;
  const { report } = ending;
  const { outcome, error = "" } = report;
  const after = scene.watcher.truth();
  const fail = (why: string): never => {
    throw new Violation(`the last job: ${why} (${outcome}: ${report.summary} ${error})`);
  };
  const most = scene.watcher.effects.length > 0 ? 1 : Math.max(1, before.rules.length);
  if (after.rules.length > most) fail(`${after.rules.length} rules of ours are left`);
  if (!isExplained(ending)) fail("it does not say why");
  if (outcome !== "recovered") return;
  const asWanted = after.rules.some((row) => isEnabled(row) && isAsWanted(row, policy));
  if (asWanted && after.rules.length > 1) fail(`${after.rules.length} rules of ours are left`);
  if (blockedAt(os).length < HUB_ADDRESSES.length) fail("some address is open");
  const ours = after.rules[0];
  const theirs = before.rows.filter((row) => !before.rules.includes(row));
  const typed = theirs.some((row) => isEnabled(row) && isAsWanted(row, policy));
  if (ours !== undefined && !isAsWanted(ours, policy) && !typed) fail("ours is not as wanted");
  if (before.rules.length === 0 && ours !== undefined) {
    const fixed = after.rows.filter((row) => row["dynamic"] !== "true");
    if (fixed[0]?.[".id"] !== ours[".id"]) fail("ours is not first");
  }
}

export function checkWithdrawn(cluster: Cluster, { report }: Ending, scene: Scene): void {
  if (report.outcome !== "withdrawn") throw new Violation(`not withdrawn: ${report.summary}`);
  if (scene.watcher.truth().users.includes(cluster))
    throw new Violation(`withdrawn, but the marker of ${cluster} is left`);
}

/** Every cluster has withdrawn. */
export function checkNothingLeft(scene: Scene): void {
  const { rules, entries } = scene.watcher.truth();
  if (rules.length + entries.length > 0) throw new Violation("withdrawn, but something is left");
}
