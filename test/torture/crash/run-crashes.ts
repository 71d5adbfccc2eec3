// All crash points of all stories: a calm run of each story tells which calls there are, and then one
// run after another meets its crash at one of them.
import { startWorkerUnderTest, type WorkerUnderTest } from "../worker/worker-under-test.ts";
import { runStory, type Crash, type CrashPoint, type Lane } from "./crash-point.ts";
import { STORIES, type Story } from "./stories.ts";
import type { Distort, Service } from "./wire.ts";

export type Failed = {
  readonly story: string;
  readonly point: CrashPoint | null;
  readonly faults: readonly string[];
};

export type CrashOutcome = {
  readonly points: number;
  /** Points at which the run had no such call: another run had one more renewal. */
  readonly notReached: number;
  readonly byCrash: Readonly<Record<string, number>>;
  readonly failed: readonly Failed[];
};

export type CrashWanted = {
  readonly crashes: readonly Crash[];
  readonly stories?: readonly Story[];
  /** Whose calls are met; all if left out. */
  readonly services?: readonly Service[];
  /** Every n-th point only; 1 if left out: all of them. */
  readonly everyNth?: number;
  /** How many Workers, each with one run at a time. */
  readonly lanes?: number;
  readonly mistake?: Distort;
  /** True: the first that fails ends it. */
  readonly untilFailed?: boolean;
  readonly onPoint?: (done: number, of: number) => void;
};

const SERVICES: readonly Service[] = ["worker", "router", "cluster"];

export async function runCrashes(wanted: CrashWanted): Promise<CrashOutcome> {
  const { stories = STORIES, everyNth = 1, lanes: count = 2 } = wanted;
  const lanes = await Promise.all(Array.from({ length: count }, () => openLane(wanted.mistake)));
  const [first] = lanes;
  if (first === undefined) throw new Error("no lane");
  try {
    const failed: Failed[] = [];
    const todo: { story: Story; point: CrashPoint }[] = [];
    for (const story of stories) {
      const calm = await runStory(first, story, null);
      if (calm.faults.length > 0) failed.push({ story: story.name, point: null, ...calm });
      else todo.push(...pointsOf(calm.calls, wanted).map((point) => ({ story, point })));
    }
    const chosen = todo.filter((_, index) => index % everyNth === 0);
    const left = [...chosen];
    const byCrash: Record<string, number> = {};
    let notReached = 0;
    let done = 0;
    const work = async (lane: Lane): Promise<void> => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        if (failed.length > 0 && wanted.untilFailed === true) return;
        const { story, point } = next;
        const { reached, faults } = await runStory(lane, story, point);
        if (!reached) notReached += 1;
        byCrash[point.crash] = (byCrash[point.crash] ?? 0) + 1;
        if (faults.length > 0) failed.push({ story: story.name, point, faults });
        wanted.onPoint?.((done += 1), chosen.length);
      }
    };
    await Promise.all(lanes.map(work));
    return { points: chosen.length, notReached, byCrash, failed };
  } finally {
    await Promise.all(lanes.map(({ worker }) => worker.close()));
  }
}

/** The Worker is killed at its own calls alone: that takes a second each. */
function pointsOf(
  calls: Readonly<Record<Service, number>>,
  { crashes, services: met = SERVICES }: Pick<CrashWanted, "crashes" | "services">,
) {
  return crashes.flatMap((crash) => {
    const services = crash === "agent" || crash === "frozen" ? met : (["worker"] as const);
    return services.flatMap((service) =>
      Array.from({ length: calls[service] }, (_, index) =>
        (["sent", "replied"] as const).map((when): CrashPoint => {
          return { crash, service, call: index + 1, when };
        }),
      ).flat(),
    );
  });
}

async function openLane(
  mistake: Distort | undefined,
): Promise<Lane & { readonly worker: WorkerUnderTest }> {
  const worker = await startWorkerUnderTest();
  let runs = 0;
  const planted = mistake === undefined ? {} : { mistake };
  return { worker, nextCluster: () => `c${(runs += 1)}`, ...planted };
}

/** What a person needs to see a failure. */
export function failedInWords(failed: readonly Failed[]): string {
  return failed
    .map(({ story, point, faults }) => {
      const where =
        point === null
          ? "without a crash"
          : `${point.crash} at ${point.service} call ${point.call} ${point.when}`;
      return `${story}, ${where}: ${faults.join("; ")}`;
    })
    .join("\n");
}
