// A stolen Worker for an hour on the agent's clock: it hands out what it likes and says yes to every call.
import { startWorkerUnderTest, type WorkerUnderTest } from "../worker/worker-under-test.ts";
import { startLife, type Life } from "../crash/agent-life.ts";
import { secretsIn } from "../crash/crash-point.ts";
import { openSite, type Door, type TortureSite } from "../crash/site.ts";
import type { Meet } from "../crash/wire.ts";
import { STARTS_AN_HOUR, TRIES, type Try } from "./tries.ts";

export type Tried = {
  readonly name: string;
  /** Claims that were answered within the hour. */
  readonly claims: number;
  readonly rulesAdded: number;
  readonly restarts: number;
  readonly routerCalls: number;
  /** The first words that the agent had for it. */
  readonly stoppedBy: string;
  readonly faults: readonly string[];
};

const HOUR = 3_600_000;
/** As the kubelet waits before it starts a crashed container again, ms. */
const backOffMs = (crashes: number): number => Math.min(300_000, 10_000 * 2 ** crashes);

export async function runTries(tries: readonly Try[] = TRIES): Promise<readonly Tried[]> {
  const worker = await startWorkerUnderTest();
  try {
    const all: Tried[] = [];
    for (const one of tries) all.push(await carryOut(one, worker));
    return all;
  } finally {
    await worker.close();
  }
}

async function carryOut(one: Try, worker: WorkerUnderTest): Promise<Tried> {
  const site = await openSite({ ...one, worker, name: "home" });
  const foreign = site.truth().foreign.join("\n");
  const endsAt = site.now + HOUR;
  let claims = 0;
  const lives: Life[] = [];
  const doors: Door[] = [];
  const live = async (process: string, isOver: () => boolean): Promise<void> => {
    const door = await site.openDoor();
    doors.push(door);
    door.wires.worker.meet = stolen(() => {
      site.pass(one.gapMs ?? 60_000);
      return isOver() ? null : one.job((claims += 1));
    });
    const life = startLife(site, door, { process, onRest: async () => isOver() });
    lives.push(life);
    await life.over;
  };
  try {
    const isOver = (): boolean => site.now >= endsAt;
    if (one.crashes === true)
      for (let crash = 0; crash < STARTS_AN_HOUR && !isOver(); crash += 1) {
        const before = claims;
        await live(`crash-${crash}`, () => claims > before);
        site.pass(backOffMs(crash));
      }
    else await live("only", isOver);
    return told(one, { site, lives, doors, claims, foreign });
  } finally {
    await site.close();
  }
}

/** Says yes to whatever it is asked. */
function stolen(nextJob: () => unknown): Meet {
  const reply = (body: object) => ({
    status: 200,
    headers: { "content-type": "application/json" },
    body: Buffer.from(JSON.stringify(body)),
  });
  return async ({ path }) => {
    if (path.endsWith("/claim"))
      return reply({ job: nextJob(), leaseMs: 120_000, rule: null, worker: "0.1.0" });
    if (path.endsWith("/progress")) return reply({ cancel: false, dirty: false, leaseMs: 120_000 });
    return reply({ state: "finished", outcome: null });
  };
}

type Seen = {
  readonly site: TortureSite;
  readonly lives: readonly Life[];
  readonly doors: readonly Door[];
  readonly claims: number;
  readonly foreign: string;
};

function told(one: Try, { site, lives, doors, claims, foreign }: Seen): Tried {
  const rulesAdded = doors
    .flatMap(({ wires }) => wires.router.calls)
    .filter(({ method, path }) => method === "PUT" && path.endsWith("/filter")).length;
  const restarts = site.cluster.evictions.length;
  const said = lives.flatMap(({ log, reports }) => [
    ...reports.map(
      ({ verdict, outcome, summary }) => `${verdict}, ${outcome ?? "open"}: ${summary}`,
    ),
    ...log.map(({ message, facts }) => `${message} ${JSON.stringify(facts)}`),
  ]);
  const stoppedBy = said.find((text) => one.stoppedBy.test(text));
  const faults: string[] = [];
  if (rulesAdded > one.most.rulesAdded) faults.push(`${rulesAdded} rules were added`);
  if (restarts > one.most.restarts) faults.push(`${restarts} pods were restarted`);
  if (stoppedBy === undefined) faults.push(`nothing names ${String(one.stoppedBy)}`);
  if (site.truth().foreign.join("\n") !== foreign) faults.push("something foreign changed");
  const routerCalls = doors.reduce((sum, { wires }) => sum + wires.router.calls.length, 0);
  return {
    name: one.name,
    claims,
    rulesAdded,
    restarts,
    routerCalls,
    stoppedBy: (stoppedBy ?? "").slice(0, 160),
    faults: [...faults, ...lives.flatMap(secretsIn)],
  };
}
