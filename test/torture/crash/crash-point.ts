// One run of one story with one crash in it, and what must hold afterwards.
import type { WorkerUnderTest } from "../worker/worker-under-test.ts";
import { startLife, type Life } from "./agent-life.ts";
import { CLUSTER_TOKEN, LOGIN, openSite, type Door, type TortureSite } from "./site.ts";
import { faultsOf, type Story } from "./stories.ts";
import type { Distort, Meet, Service } from "./wire.ts";

/** `frozen`: stopped for longer than its lease, then let go on beside its successor. */
export const CRASHES = ["agent", "worker", "both", "frozen"] as const;
export type Crash = (typeof CRASHES)[number];

export type CrashPoint = {
  readonly crash: Crash;
  readonly service: Service;
  /** Of this service's calls in the agent's first life, from 1. */
  readonly call: number;
  /** The call was sent and reached nobody; or it was carried out and its reply was read by nobody. */
  readonly when: "sent" | "replied";
};

export type Lane = {
  readonly worker: WorkerUnderTest;
  /** A cluster that no run has had. */
  readonly nextCluster: () => string;
  /** Of the agent, planted on the way of its calls. */
  readonly mistake?: Distort;
};

export type Run = {
  /** How many calls each service got in the first life. */
  readonly calls: Readonly<Record<Service, number>>;
  readonly reached: boolean;
  /** Empty: all that was promised holds. */
  readonly faults: readonly string[];
};

const LEASE_MS = 120_000;
const MOST_RESTS = 60;

export async function runStory(
  { worker, nextCluster, mistake }: Lane,
  story: Story,
  point: CrashPoint | null,
): Promise<Run> {
  const name = nextCluster();
  const site = await openSite({
    ...story,
    worker,
    name,
    ...(mistake === undefined ? {} : { mistake }),
  });
  const foreign = site.truth().foreign;
  const desk = await openDesk(worker, name);
  try {
    const job = await desk.ask(story);
    const door = await site.openDoor();
    const crashed = Promise.withResolvers<void>();
    let reached = false;
    const first = startLife(site, door, { process: "first", onRest: desk.until(job) });
    if (point !== null)
      door.wires[point.service].meet = meeting(point, async () => {
        reached = true;
        if (point.crash !== "worker") crash(point, first);
        if (point.crash === "worker" || point.crash === "both") await worker.restart();
        crashed.resolve();
      });
    await Promise.race([first.over, crashed.promise.then(() => goOn(first))]);
    const lives = [first];
    if (reached && point !== null && point.crash !== "worker")
      lives.push(await succeed({ site, first, point, desk, job }));
    // A write that was frozen for longer than its lease may leave a second rule, until the next job.
    if (point?.crash === "frozen" && story.rulesInTheEnd === 1 && site.truth().rules.length === 2)
      lives.push(await tidied(site, desk));
    const calls = {
      worker: door.wires.worker.calls.length,
      router: door.wires.router.calls.length,
      cluster: door.wires.cluster.calls.length,
    };
    const faults = [
      ...(await desk.faultsOf(job, story)),
      ...faultsOf(story, site, foreign),
      ...lives.flatMap(secretsIn),
    ];
    return { calls, reached, faults };
  } finally {
    await site.close();
  }
}

/** After a crash of the Worker alone the first life goes on; after any other it does not. */
function goOn(first: Life): Promise<void> {
  return first.isDead || first.isFrozen ? Promise.resolve() : first.over;
}

function crash({ crash: how }: CrashPoint, life: Life): void {
  if (how === "frozen") life.freeze();
  else life.die();
}

/** Does its work at this call, before or after it is carried out; the caller hears nothing of it. */
function meeting(point: CrashPoint, strike: () => Promise<void>): Meet {
  return async (call, carry) => {
    if (call.number !== point.call) return carry();
    if (point.when === "replied") {
      const reply = await carry();
      await strike();
      return point.crash === "frozen" ? reply : "cut";
    }
    if (point.crash !== "frozen") {
      await strike();
      return "cut";
    }
    // It left before the process stopped, and arrives when its successor is done.
    const late = Promise.withResolvers<void>();
    await strike();
    held.set(call, late.resolve);
    await late.promise;
    return carry();
  };
}

const held = new Map<object, () => void>();

type Succession = {
  readonly site: TortureSite;
  readonly first: Life;
  readonly point: CrashPoint;
  readonly desk: Desk;
  readonly job: string;
};

/** Whoever goes on with the job: the same name at once, or another agent after the lease. */
async function succeed({ site, first, point, desk, job }: Succession): Promise<Life> {
  const isOther = point.crash === "frozen" || point.call % 2 === 1;
  if (isOther) await desk.pass(LEASE_MS + 1_000);
  const door: Door = await site.openDoor();
  const identity = isOther ? { agentId: "agent-2" } : {};
  let thawed = point.crash !== "frozen";
  let after = 0;
  const isOver = desk.until(job);
  const second = startLife(site, door, {
    process: "second",
    ...identity,
    async onRest(ms) {
      const over = await isOver(ms);
      if (!over || thawed) return over && (after += 1) > (point.crash === "frozen" ? 4 : 0);
      thawed = true;
      for (const arrive of held.values()) arrive();
      held.clear();
      first.thaw(LEASE_MS + 1_000);
      await first.over;
      return false;
    },
  });
  await second.over;
  return second;
}

async function tidied(site: TortureSite, desk: Desk): Promise<Life> {
  const job = await desk.ask({ asks: "remediate" });
  const door = await site.openDoor();
  const life = startLife(site, door, { process: "third", onRest: desk.until(job) });
  await life.over;
  return life;
}

type Desk = Awaited<ReturnType<typeof openDesk>>;

/** Whoever asks for the job, approves its plan and looks at it, on the Worker's own routes. */
export async function openDesk(worker: WorkerUnderTest, name: string) {
  const operator = await worker.token("operator", name);
  const alertmanager = await worker.token("alertmanager", name);
  const shown = async (job: string) =>
    (await worker.ask(`GET /v1/jobs/${job}`, { token: operator })).body;
  return {
    pass: (ms: number) => worker.pass(ms),
    async ask({ asks }: Pick<Story, "asks">): Promise<string> {
      if (asks !== "alert") {
        const asked = { token: operator, body: { kind: asks } };
        return String((await worker.ask("POST /v1/jobs", asked)).body["id"]);
      }
      const labels = { alertname: "KubeImagePullFailing", namespace: "shop", pod: "db-0" };
      const alert = { status: "firing", labels, startsAt: new Date().toISOString() };
      const body = { version: "4", status: "firing", alerts: [alert] };
      const path = "POST /v1/webhooks/alertmanager";
      const answer = await worker.ask(path, { token: alertmanager, body });
      const jobs: unknown = answer.body["jobs"];
      return String(Array.isArray(jobs) ? jobs[0] : answer.text);
    },
    /** For `onRest`: time passes; true once the job is over. A plan that waits is approved. */
    until(job: string): (ms: number) => Promise<boolean> {
      let rests = 0;
      return async (ms) => {
        await worker.pass(ms);
        if ((rests += 1) > MOST_RESTS) return true;
        const { state, planHash } = await shown(job);
        if (state === "awaiting")
          await worker.ask(`POST /v1/jobs/${job}/approve`, { token: operator, body: { planHash } });
        return state === "finished";
      };
    },
    async faultsOf(job: string, { outcomes }: Story): Promise<string[]> {
      const { state, outcome, hasReport } = await shown(job);
      if (state !== "finished") return [`the job is ${String(state)}`];
      if (!outcomes.includes(String(outcome))) return [`the job ended ${String(outcome)}`];
      return hasReport === true ? [] : ["the job has no report"];
    },
  };
}

export function secretsIn({ log, reports }: Life): string[] {
  const text = JSON.stringify([log, reports]);
  const secrets = [LOGIN.password, CLUSTER_TOKEN];
  return secrets.filter((secret) => text.includes(secret)).map((secret) => `${secret} is told`);
}
