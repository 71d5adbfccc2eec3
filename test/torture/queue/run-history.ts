// Carries one history out on a cluster of its own, and then lets an honest agent and time end every job.
import type { Answered, WorkerUnderTest } from "../worker/worker-under-test.ts";
import { openBooks, Violation, type Books, type Claimed } from "./books.ts";
import {
  claimCall,
  openCalls,
  progressCall,
  reportCall,
  type Call,
  type ClusterCalls,
} from "./cluster-calls.ts";
import type { QueueHistory, Step } from "./history.ts";

type Made = {
  readonly call: Call;
  readonly claim: Claimed;
  readonly what: "progress" | "report";
  readonly held: boolean;
  answer: Answered | null;
};

type Agent = {
  readonly name: string;
  process: number;
  claimId: string;
  readonly claims: Claimed[];
  last: Made | null;
};

type Scene = {
  readonly worker: WorkerUnderTest;
  readonly cluster: string;
  readonly calls: ClusterCalls;
  readonly books: Books;
  readonly agents: readonly Agent[];
  readonly jobs: string[];
  late: { readonly made: Made; left: number }[];
  delay: { readonly who: number; readonly steps: number } | null;
  claimIds: number;
  readonly tally: Map<string, number>;
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Longer than each wait that the defaults know: a lease, a plan, the longest hold. */
const WAITS = [121_000, 31 * MINUTE, 6 * HOUR, 25 * HOUR, 25 * HOUR, 25 * HOUR];
const MOST_CLAIMS = 40;

export async function runQueueHistory(
  history: QueueHistory,
  { worker, cluster, tally }: Pick<Scene, "worker" | "cluster" | "tally">,
): Promise<void> {
  const scene: Scene = {
    worker,
    cluster,
    tally,
    calls: await openCalls(worker, cluster),
    books: openBooks(() => worker.now()),
    agents: ["one", "two", "three"].map((name) => newAgent(name)),
    jobs: [],
    late: [],
    delay: null,
    claimIds: 0,
  };
  for (const step of history) {
    await take(step, scene);
    for (const late of scene.late) late.left -= 1;
    const due = scene.late.filter(({ left }) => left <= 0);
    scene.late = scene.late.filter(({ left }) => left > 0);
    for (const { made } of due) await send(made, scene);
  }
  await look(scene);
  await endAll(scene);
  scene.books.nothingForgotten();
}

const newAgent = (name: string): Agent => ({
  name,
  process: 1,
  claimId: "none",
  claims: [],
  last: null,
});

async function take(step: Step, scene: Scene): Promise<void> {
  const { worker, calls, books, agents, tally } = scene;
  tally.set(step.do, (tally.get(step.do) ?? 0) + 1);
  const agent = "who" in step ? agents[step.who] : undefined;
  switch (step.do) {
    case "alert": {
      const answer = sane(await calls.alert(step.pod));
      const jobs: unknown = answer.body["jobs"];
      if (answer.status !== 202 || !Array.isArray(jobs)) return;
      for (const job of jobs) noteJob(scene, "remediate", String(job), "alert");
      return;
    }
    case "ask": {
      const key = step.key === null ? null : `key-${step.key}`;
      const answer = sane(await calls.ask(step.kind, key));
      if (answer.status >= 300) return;
      const job = String(answer.body["id"]);
      const isNew = answer.status === 202;
      if (isNew) noteJob(scene, step.kind, job, "person");
      if (key !== null) books.keyed(key, step.kind, job);
      return;
    }
    case "claim":
      if (agent !== undefined) await claim(agent, step.again, scene);
      return;
    case "restart":
      if (agent !== undefined) agent.process += 1;
      return;
    case "progress":
    case "report": {
      const held = agent?.claims.at(-1 - step.old);
      if (agent === undefined || held === undefined) return;
      const { job, fence } = held;
      const call =
        step.do === "progress"
          ? progressCall(job, fence, held.seq++)
          : reportCall(job, { fence, seq: held.seq++ }, step);
      const isHold =
        step.do === "report" && step.as === "done" && step.outcome === "held-by-person";
      const made: Made = { call, claim: held, what: step.do, held: isHold, answer: null };
      agent.last = made;
      const { delay } = scene;
      if (delay === null || agents[delay.who] !== agent) return send(made, scene);
      scene.late.push({ made, left: delay.steps });
      scene.delay = null;
      return;
    }
    case "repeat":
      if (agent?.last?.answer) await repeat(agent.last, step.changed, scene);
      return;
    case "delay":
      scene.delay = step;
      return;
    case "decide": {
      const job = scene.jobs.at(-1 - step.job);
      if (job === undefined) return;
      const { body } = await calls.job(job);
      const answer = sane(await calls.decide(job, step.as, body["planHash"] ?? "none"));
      if (step.as === "approve" && answer.status === 200)
        books.approved(job, String(body["planHash"]));
      return;
    }
    case "pass":
      if (step.ms < 0) books.clockWasSetBack();
      if (step.ms > HOUR || step.ms < 0) books.forgetKeys();
      return worker.pass(step.ms);
    case "alarm":
      return worker.alarm(scene.cluster);
    case "kill":
      await worker.restart();
      await look(scene);
  }
}

/** No answer is a fault of the Worker's own, and each refusal says why. */
function sane(answer: Answered): Answered {
  const { status, body, text } = answer;
  if (status >= 500 || (status === 422 && !text.includes("Idempotency-Key")))
    throw new Violation(`${status}: ${text}`);
  const detail = body["detail"];
  if (status >= 400 && (typeof detail !== "string" || detail.length < 10))
    throw new Violation(`${status} without a reason: ${text}`);
  return answer;
}

function noteJob(
  scene: Scene,
  kind: "remediate" | "diagnose" | "withdraw",
  job: string,
  by: "alert" | "person",
): void {
  scene.books.tookIn(kind, job, by);
  if (!scene.jobs.includes(job)) scene.jobs.push(job);
}

async function claim(agent: Agent, again: boolean, scene: Scene): Promise<Claimed | null> {
  if (!again || agent.claimId === "none") agent.claimId = `claim-${(scene.claimIds += 1)}`;
  const process = `${agent.name}-${agent.process}`;
  const { claimId } = agent;
  const answer = sane(await scene.calls.ofAgent(claimCall(agent.name, process, claimId)));
  if (answer.status !== 200) throw new Violation(`a claim was refused: ${answer.text}`);
  const job = answer.body["job"] as Handed | null;
  if (job === null) return null;
  const { id, kind, fence, approval } = job;
  const before = agent.claims.find((one) => one.fence === fence && one.job === id);
  const { name: who } = agent;
  const claimed = before ?? { job: id, kind, fence, who, process, claimId, until: 0, seq: 0 };
  scene.books.handedOut(claimed, approval);
  if (before === undefined) agent.claims.push(claimed);
  if (!scene.jobs.includes(id)) scene.jobs.push(id);
  return claimed;
}

type Handed = {
  readonly id: string;
  readonly kind: string;
  readonly fence: number;
  readonly approval: { readonly hash: string } | null;
};

async function send(made: Made, { calls, books, tally }: Scene): Promise<void> {
  made.answer = sane(await calls.ofAgent(made.call));
  const { status } = made.answer;
  tally.set(`${made.what} ${status}`, (tally.get(`${made.what} ${status}`) ?? 0) + 1);
  if (status !== 200) return;
  books.tookCall({ ...made.claim, what: made.what });
  if (made.held) books.heldByPerson();
}

async function repeat(made: Made, changed: boolean, { calls }: Scene): Promise<void> {
  const body = changed ? { ...made.call.body, more: "another body" } : made.call.body;
  const again = sane(await calls.ofAgent({ ...made.call, body }));
  if (made.answer?.status !== 200 || again.status !== 200) return;
  if (changed) throw new Violation("another body under the same number was taken");
  if (again.text !== made.answer.text)
    throw new Violation(`a repeated call was answered ${again.text}, not ${made.answer.text}`);
}

async function look({ calls, books }: Scene): Promise<boolean> {
  const { body } = sane(await calls.jobs());
  const jobs = body["jobs"] as readonly Readonly<Record<string, unknown>>[];
  books.shown(jobs);
  return jobs.every(({ state }) => state === "finished");
}

/** An honest agent takes what there is, and time passes. */
async function endAll(scene: Scene): Promise<void> {
  const honest = newAgent("honest");
  let claimed = 0;
  for (const wait of WAITS) {
    await scene.worker.pass(wait);
    for (;;) {
      const held = await claim(honest, false, scene);
      if (held === null) break;
      if ((claimed += 1) > MOST_CLAIMS) throw new Violation("jobs follow jobs without end");
      const call = reportCall(held.job, held, { as: "done", outcome: "recovered" });
      await send({ call, claim: held, what: "report", held: false, answer: null }, scene);
    }
    if (await look(scene)) return;
  }
  throw new Violation("a job never ends");
}
