// Carries out one history, from an untouched router to a job that nothing disturbs. Throws a
// Violation where something that must hold does not.
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import { attempt as once, type Ending } from "../support/a-world.ts";
import { keepEntries } from "../../agent/loop/keep-entries.ts";
import { recheck } from "../../agent/jobs/recheck.ts";
import { remediate } from "../../agent/jobs/remediate.ts";
import { withdraw } from "../../agent/jobs/withdraw.ts";
import type { World } from "../../agent/ports/world.ts";
import { MINUTE } from "../support/a-pod.ts";
import type { Mutant } from "./agent-process.ts";
import { checkAttempt, checkLast, checkNothingLeft, checkWithdrawn } from "./checks.ts";
import { CLUSTERS, type Cluster, type History, type JobStep } from "./history.ts";
import { inOneLife } from "./one-life.ts";
import { tellsNoSecret } from "./manners.ts";
import { openScene, type Scene } from "./scene.ts";
import { setPath } from "./site.ts";
import { heal, isWell } from "./trouble.ts";
import { Violation } from "./watch.ts";

/** What histories have in them, by name: that they are not empty can be seen. */
export type Tally = Map<string, number>;

export async function runHistory(
  history: History,
  tally: Tally = new Map(),
  mutant: Mutant = {},
): Promise<void> {
  const scene = await openScene(history, tally, mutant);
  try {
    for (const step of history.steps) {
      if (step.kind === "time") scene.place.site.now += step.minutes * MINUTE;
      else if (step.kind === "operator") await scene.person(step);
      else await runStep(step, scene);
    }
    await lastJobs(history, scene);
  } catch (cause) {
    if (!(cause instanceof Violation)) throw cause;
    throw new Violation(`${cause.message}\n\nwhat happened:\n${scene.trail.join("\n")}`);
  } finally {
    await scene.close();
  }
}

/** All is well, and a person asks for the rule; then perhaps for its end. */
async function lastJobs(history: History, scene: Scene): Promise<void> {
  await heal(scene.trouble);
  scene.place.site.now += 5 * MINUTE;
  // What an agent that lives does every few minutes.
  for (const cluster of CLUSTERS) await runStep({ ...CALM, job: "refresh", cluster }, scene);
  const { before, ending } = await undisturbed("fix", "home", scene);
  checkLast(before, ending, scene);
  if (!history.thenWithdraw) return;
  for (const cluster of CLUSTERS)
    checkWithdrawn(cluster, (await undisturbed("withdraw", cluster, scene)).ending, scene);
  checkNothingLeft(scene);
}

async function undisturbed(job: JobStep["job"], cluster: Cluster, scene: Scene) {
  const before = scene.watcher.begin(true);
  scene.trail.push(`at the end: ${job} by ${cluster}`);
  const ending = await runStep({ ...CALM, job, cluster }, scene);
  if (ending === null) throw new Violation(`the last ${job} did not end`);
  return { before, ending };
}

const CALM = { kind: "job", path: "stalls", mids: [], end: { kind: "whole" } } as const;
const RETRY_MS = 30_000;

/** The job's first attempt, and those that follow it at once because it asked for another one. */
async function runStep(step: JobStep, scene: Scene): Promise<Ending | null> {
  const { place, tally } = scene;
  setPath(place.site, step.path);
  scene.startStep(step.mids);
  if (step.job === "refresh") return refreshOnce(step, scene);
  for (let first = true; ; first = false) {
    const books = place.books[step.cluster];
    const job = books.claim(step.job, place.site.now);
    const end = first ? step.end : ({ kind: "whole" } as const);
    const ending = await attempt(job, { ...step, end }, scene);
    if (ending === null) {
      books.lapse(job);
      return null;
    }
    const { outcome = ending.disposition } = ending.report;
    tally.set(`${job.kind}: ${outcome}`, (tally.get(`${job.kind}: ${outcome}`) ?? 0) + 1);
    if (!books.report(job, ending)) return ending;
    place.site.now += RETRY_MS;
  }
}

/** Null: the process died, or its report was lost. */
async function attempt(job: ClaimedJob, step: JobStep, scene: Scene): Promise<Ending | null> {
  const before = scene.watcher.begin(job.origin.person);
  const well = isWell(scene.trouble);
  const seen = scene.sight(step.cluster);
  const ending = await inOneLife(step, scene, job, (world) => carryOut(job, world));
  const { outcome = ending?.disposition, summary = "" } = ending?.report ?? {};
  const error = ending?.report.error ?? "";
  scene.trail.push(
    `  ${step.cluster} ${job.kind} ${job.attempts}: ${outcome ?? "died"}; ${summary} ${error}`,
  );
  if (ending === null) return null;
  tellsNoSecret([JSON.stringify(ending)]);
  const calm = well && step.mids.length === 0 && step.end.kind !== "cut";
  checkAttempt({ job, cluster: step.cluster, path: step.path, before, seen, ending, calm }, scene);
  return step.end.kind === "unreported" ? null : ending;
}

function carryOut(job: ClaimedJob, world: World): Promise<Ending> {
  if (job.kind === "withdraw") return once(withdraw, { job, world });
  return once(job.kind === "recheck" ? recheck : remediate, { job, world });
}

async function refreshOnce(step: JobStep, scene: Scene): Promise<null> {
  scene.watcher.begin(false);
  await inOneLife(step, scene, null, async (world) => {
    const { router } = world;
    if (router === null) return;
    const hosts = world.policy.ruleHosts;
    await router.keepMarker?.();
    await keepEntries({ ...world, router, hosts, log: () => {} });
  });
  scene.trail.push("  refresh");
  scene.watcher.truth();
  for (const { kind } of scene.watcher.effects)
    if (kind.startsWith("rule")) throw new Violation(`a refresh of entries: ${kind}`);
  return null;
}
