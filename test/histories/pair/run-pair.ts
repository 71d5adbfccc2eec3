// Carries out one history of two routers, from untouched ones to jobs that nothing disturbs. Throws a
// Violation where something that must hold does not.
import type { ClaimedJob } from "../../../src/protocol/calls.ts";
import { remediate } from "../../../agent/jobs/remediate.ts";
import { withdraw } from "../../../agent/jobs/withdraw.ts";
import { MINUTE } from "../../support/a-pod.ts";
import { attempt, aWorld, type Ending } from "../../support/a-world.ts";
import { seeing } from "../agent-process.ts";
import { CLUSTERS, type Cluster } from "../history.ts";
import { setPath } from "../site.ts";
import { fieldsOf } from "../persons.ts";
import { MARKERS, truthOf, type Row, type Truth } from "../truth.ts";
import { Violation } from "../watch.ts";
import { asked, checkPairJob } from "./pair-checks.ts";
import type { PairHistory, PairJob, PairStep, Which } from "./pair-history.ts";
import { openPairSite, type PairMutant, type PairSite } from "./pair-site.ts";

/** What histories have in them, by name: that they are not empty can be seen. */
export type Tally = Map<string, number>;

type Scene = {
  readonly history: PairHistory;
  readonly pair: PairSite;
  readonly tally: Tally;
  readonly trail: string[];
  /** On which routers each cluster's newest report that tells of the rule has looked. */
  readonly lookedOn: Map<Cluster, readonly Which[]>;
};

export async function runPair(
  history: PairHistory,
  tally: Tally = new Map(),
  mutant: PairMutant = {},
): Promise<void> {
  const pair = await openPairSite(history, mutant);
  const scene: Scene = { history, pair, tally, trail: [], lookedOn: new Map() };
  try {
    for (const step of history.steps) await runStep(step, scene);
    await lastJobs(scene);
  } catch (cause) {
    if (!(cause instanceof Violation)) throw cause;
    throw new Violation(`${cause.message}\n\nwhat happened:\n${scene.trail.join("\n")}`);
  } finally {
    await pair.close();
  }
}

async function runStep(step: PairStep, scene: Scene): Promise<void> {
  const { pair, tally, trail } = scene;
  const { forwards } = pair;
  if (step.kind !== "job") {
    trail.push(JSON.stringify(step));
    tally.set(step.kind, (tally.get(step.kind) ?? 0) + 1);
  }
  switch (step.kind) {
    case "job":
      await runJob(step, scene);
      pair.deletes.fill(null);
      pair.failsOverAt = null;
      return;
    case "failover":
      if (step.atRequest !== null) pair.failsOverAt = step.atRequest;
      else pair.forwards = forwards === 0 ? 1 : 0;
      return;
    case "down":
      // One that is down forwards nothing, so the other one does.
      if (pair.down.includes(true)) return;
      pair.down[step.router] = true;
      pair.forwards = step.router === 0 ? 1 : 0;
      pair.failsOverAt = null;
      return;
    case "up":
      pair.down[step.router] = false;
      return;
    case "deletes":
      pair.deletes[step.router] = step.how;
      return;
    case "person":
      return person(step, pair);
  }
}

/** Nothing where the row that it needs is not there. */
function person(
  { act, router }: Extract<PairStep, { kind: "person" }>,
  { routers, policy }: PairSite,
): void {
  const os = routers[router];
  const { operator } = os;
  const ours = truthOf(os, policy).rules[0]?.[".id"];
  const listed = (list: string): boolean => os.entries().some((entry) => entry["list"] === list);
  switch (act) {
    case "remove ours":
      if (ours !== undefined) operator.remove(ours);
      return;
    case "disable ours":
      if (ours !== undefined) operator.disable(ours);
      return;
    case "edit a copy of ours":
      operator.add({ ...fieldsOf(policy), "dst-port": "8443" });
      return;
    case "mention us":
      operator.add({ chain: "forward", action: "drop", protocol: "udp", comment: MENTION });
      return;
    case "entry with our mark":
      if (!listed("a-list")) operator.addEntry("a-list", "2001:db8:9::/64", "by hand [backon]");
      return;
    case "marker by hand":
      if (!listed(MARKERS)) operator.addEntry(MARKERS, "100::5/128", "attic");
      return;
  }
}

const MENTION = "left as it was before [backon] came";
const RETRY_MS = 30_000;

/** The job's attempts, one after the other. */
async function runJob(step: PairJob, scene: Scene): Promise<Ending> {
  const { pair, tally, trail, history } = scene;
  const { site, routers, policy } = pair;
  const truths = (): [Truth, Truth] => [truthOf(routers[0], policy), truthOf(routers[1], policy)];
  const books = pair.books[step.cluster];
  setPath(site, "stalls");
  for (;;) {
    const job = books.claim(step.job, site.now);
    const before = truths();
    const seen = books.rule;
    const calm = pair.failsOverAt === null && pair.deletes.every((how) => how === null);
    const { forwards } = pair;
    const ending = await oneAttempt(job, step.cluster, pair);
    const { outcome = ending.disposition, summary, error = "" } = ending.report;
    trail.push(`${step.cluster} ${step.job} ${job.attempts}: ${outcome}; ${summary} ${error}`);
    tally.set(`${job.kind}: ${outcome}`, (tally.get(`${job.kind}: ${outcome}`) ?? 0) + 1);
    const where = { reached: history.reached, forwards, down: [...pair.down] as const };
    const lookedOn = scene.lookedOn.get(step.cluster) ?? [];
    const told = { step, job, seen, lookedOn, ending, calm, policy };
    checkPairJob({ ...where, ...told, before, after: truths() });
    if ((ending.report.rule ?? null) !== null) scene.lookedOn.set(step.cluster, asked(where));
    if (!books.report(job, ending)) return ending;
    site.now += RETRY_MS;
  }
}

async function oneAttempt(job: ClaimedJob, cluster: Cluster, pair: PairSite): Promise<Ending> {
  const { site, policy, books, routers } = pair;
  const way = pair.openRouter(cluster);
  const world = aWorld(site);
  const looking = <Part extends object>(part: Part): Part =>
    seeing(part, () => routers[pair.forwards], site);
  try {
    return await attempt(job.kind === "withdraw" ? withdraw : remediate, {
      job,
      world: {
        ...world,
        cluster: looking(world.cluster),
        network: looking(world.network),
        router: way.router,
        policy,
        lastRule: books[cluster].rule,
        lease: {
          cancelled: () => false,
          stillHeld: () => true,
          stage: () => {},
          waits: () => {},
          mayWrite: async ({ on, what, adds = false }) => {
            books[cluster].announce(job, { on, what, adds }, site.now);
            return { ok: true, value: true };
          },
        },
      },
    });
  } finally {
    way.close();
  }
}

/** Both are up and well: a person gets the rule, and then its end for both clusters. */
async function lastJobs(scene: Scene): Promise<void> {
  const { pair, history } = scene;
  pair.down.fill(false);
  pair.deletes.fill(null);
  pair.failsOverAt = null;
  pair.site.now += 5 * MINUTE;
  const fixed = await runJob({ kind: "job", cluster: "home", job: "fix" }, scene);
  const { outcome, summary } = fixed.report;
  // One that lost its rule while the other forwards: nothing stalls, so nothing may be written.
  const onOne = outcome === "stood-down" && summary.includes("Our rule stands on core-");
  if (outcome !== "recovered" && !onOne)
    throw new Violation(`the last fix: ${outcome} (${summary})`);
  for (const cluster of CLUSTERS) {
    const { report } = await runJob({ kind: "job", cluster, job: "withdraw" }, scene);
    if (report.outcome !== "withdrawn")
      throw new Violation(`the last withdraw: ${report.outcome} (${report.summary})`);
  }
  const asked = history.reached === "both" ? pair.routers : [pair.routers[pair.forwards]];
  for (const os of asked) {
    const { rules, users }: { rules: readonly Row[]; users: readonly string[] } = truthOf(
      os,
      pair.policy,
    );
    if (rules.length + users.length > 0) throw new Violation("something of ours is left");
  }
}
