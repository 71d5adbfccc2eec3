// Every reply that the agent reads of Worker, router and cluster is once each of the hostile ones, in the
// middle of an otherwise good job: it costs little, is named, and leads to nothing.
import { startWorkerUnderTest, type WorkerUnderTest } from "../worker/worker-under-test.ts";
import { startLife } from "../crash/agent-life.ts";
import { openDesk, runStory, secretsIn, type Lane } from "../crash/crash-point.ts";
import { openSite, type TortureSite } from "../crash/site.ts";
import { STORIES, type Story } from "../crash/stories.ts";
import type { Service } from "../crash/wire.ts";
import { HOSTILE_REPLIES, type HostileReply } from "./hostile-replies.ts";

type Place = { readonly service: Service; readonly call: number; readonly reply: HostileReply };

export type RepliesOutcome = {
  readonly replies: number;
  /** The most that was taken of a reply without end, bytes. */
  readonly mostTaken: number;
  readonly failed: readonly string[];
};

export type RepliesWanted = {
  readonly everyNth?: number;
  readonly lanes?: number;
  readonly onReply?: (done: number, of: number) => void;
};

/** A call may take so long in these runs, ms. */
const TIMEOUT_MS = 400;
/** What a socket and its buffers take beside what is read. */
const MOST_BYTES = 32 * 1024 * 1024;
/** On the computer's clock; such a job takes seconds. */
const HANGS_MS = 120_000;

export async function runReplies(wanted: RepliesWanted = {}): Promise<RepliesOutcome> {
  const { everyNth = 1, lanes: count = 2 } = wanted;
  const lanes = await Promise.all(Array.from({ length: count }, openLane));
  const [first] = lanes;
  const [story] = STORIES;
  if (first === undefined || story === undefined) throw new Error("no lane, or no story");
  try {
    const { calls } = await runStory(first, story, null);
    const services = ["worker", "router", "cluster"] as const;
    const places = services.flatMap((service) =>
      Array.from({ length: calls[service] }, (_, index) =>
        HOSTILE_REPLIES.map((reply): Place => ({ service, call: index + 1, reply })),
      ).flat(),
    );
    const chosen = places.filter((_, index) => index % everyNth === 0);
    const left = [...chosen];
    const failed: string[] = [];
    let mostTaken = 0;
    let done = 0;
    const work = async (lane: Lane): Promise<void> => {
      for (let place = left.shift(); place !== undefined; place = left.shift()) {
        const { faults, taken } = await meet(lane, story, place);
        mostTaken = Math.max(mostTaken, taken);
        const { service, call, reply } = place;
        if (faults.length > 0)
          failed.push(
            `${reply.name} as the answer to ${service} call ${call}: ${faults.join("; ")}`,
          );
        wanted.onReply?.((done += 1), chosen.length);
      }
    };
    await Promise.all(lanes.map(work));
    return { replies: chosen.length, mostTaken, failed };
  } finally {
    await Promise.all(lanes.map(({ worker }) => worker.close()));
  }
}

async function meet(
  { worker, nextCluster }: Lane,
  story: Story,
  { service, call: number, reply }: Place,
): Promise<{ readonly faults: readonly string[]; readonly taken: number }> {
  const name = nextCluster();
  const site = await openSite({ ...story, worker, name });
  const foreign = site.truth().foreign.join("\n");
  const desk = await openDesk(worker, name);
  let taken = 0;
  let reached = false;
  try {
    const job = await desk.ask(story);
    const door = await site.openDoor();
    door.wires[service].meet = async (call, carry) => {
      if (call.number !== number) return carry();
      reached = true;
      return reply.make(call, (bytes) => void (taken += bytes));
    };
    const life = startLife(site, door, {
      process: "first",
      timeoutMs: TIMEOUT_MS,
      onRest: desk.until(job),
    });
    const hung = await Promise.race([life.over.then(() => false), afterWhile()]);
    const faults = [
      ...(hung ? [`it hangs; last: ${JSON.stringify(life.log.at(-1))}`] : []),
      ...harmIn(site, foreign),
      ...secretsIn(life),
    ];
    if (reached && !/error|detail|failed|warn/.test(JSON.stringify(life.log)))
      faults.push("nothing tells of it");
    if (taken > MOST_BYTES) faults.push(`${taken} bytes were taken`);
    return { faults, taken };
  } finally {
    await site.close();
  }
}

/** Whatever the job came to: nothing was done that no story allows. */
function harmIn(site: TortureSite, foreign: string): string[] {
  const { rules, foreign: now } = site.truth();
  const evicted = site.cluster.evictions;
  const harm: string[] = [];
  if (rules.length > 1) harm.push(`${rules.length} rules of ours`);
  if (now.join("\n") !== foreign) harm.push("something foreign changed");
  if (new Set(evicted.map(({ uid }) => uid)).size !== evicted.length)
    harm.push("a pod was evicted twice");
  if (evicted.some(({ name, pod }) => !/^(web|db)-/.test(name) || pod.ready))
    harm.push("a pod was restarted that did not fail by the path");
  return harm;
}

async function afterWhile(): Promise<true> {
  await new Promise((resolve) => setTimeout(resolve, HANGS_MS).unref());
  return true;
}

async function openLane(): Promise<Lane & { readonly worker: WorkerUnderTest }> {
  const worker = await startWorkerUnderTest();
  let runs = 0;
  return { worker, nextCluster: () => `r${(runs += 1)}` };
}
