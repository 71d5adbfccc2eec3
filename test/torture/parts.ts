// The parts of `npm run torture`: what each runs, and its line of the table.
import { CRASH_MUTANTS } from "./crash/mutants.ts";
import { CRASHES } from "./crash/crash-point.ts";
import { failedInWords, runCrashes } from "./crash/run-crashes.ts";
import { STORIES } from "./crash/stories.ts";
import { runRequests } from "./input/run-requests.ts";
import { QUEUE_MUTANTS } from "./queue/mutants.ts";
import { queueInWords, runQueues } from "./queue/run-many.ts";
import { runReplies } from "./replies/run-replies.ts";
import { runTries } from "./stolen/run-tries.ts";

export type Wanted = {
  readonly seed: number;
  /** Of a queue history that failed. */
  readonly path?: string;
  readonly histories: number;
  readonly requests: number;
  /** Every n-th crash point, and every n-th reply. */
  readonly every: number;
  readonly say: (text: string) => void;
};

export type Row = {
  readonly part: string;
  readonly runs: number;
  /** What the figures are besides. */
  readonly notes: string;
  /** What was promised and does not hold, a line each. */
  readonly failed: readonly string[];
};

export type PartName = keyof typeof PARTS;

export const PARTS = {
  crash: async ({ every, say }: Wanted): Promise<Row> => {
    const onPoint = progress(say, "crash points", 50);
    const done = await runCrashes({ crashes: CRASHES, everyNth: every, onPoint });
    const kinds = Object.entries(done.byCrash).map(([crash, count]) => `${crash} ${count}`);
    const notes = `${kinds.join(", ")}; not reached ${done.notReached}`;
    return {
      part: "crash points",
      runs: done.points,
      notes,
      failed: lines(failedInWords(done.failed)),
    };
  },
  queue: async ({ histories: runs, seed, path, say }: Wanted): Promise<Row> => {
    const replay = path === undefined ? {} : { path };
    const tell = progress(say, "queue histories", 500);
    const done = await runQueues({ runs, seed, ...replay, onRun: (count) => tell(count, runs) });
    const calls = [...done.tally.values()].reduce((sum, count) => sum + count, 0);
    const part = "queue histories";
    return { part, runs: done.runs, notes: `${calls} steps`, failed: lines(queueInWords(done)) };
  },
  kills: async ({ histories, seed, say }: Wanted): Promise<Row> => {
    const runs = Math.ceil(histories / 100);
    const tell = progress(say, "queue histories with kills", 20);
    const done = await runQueues({ runs, seed, kills: true, onRun: (count) => tell(count, runs) });
    const notes = `the Worker was killed ${done.tally.get("kill") ?? 0} times`;
    const part = "queue histories with kills";
    return { part, runs: done.runs, notes, failed: lines(queueInWords(done)) };
  },
  input: async ({ requests, seed, say }: Wanted): Promise<Row> => {
    const tell = progress(say, "hostile requests", 10_000);
    const onRequest = (count: number): void => tell(count, requests);
    const done = await runRequests({ requests, seed, onRequest });
    const statuses = Object.entries(done.statuses).map(([status, count]) => `${status} × ${count}`);
    const notes = `${statuses.join(", ")}; slowest ${Math.round(done.worstMs)} ms`;
    const failed = done.failed.map(({ why, bytes }) => `${why}: ${JSON.stringify(bytes)}`);
    return { part: "hostile requests", runs: requests, notes, failed };
  },
  replies: async ({ every, say }: Wanted): Promise<Row> => {
    const onReply = progress(say, "hostile replies", 50);
    const done = await runReplies({ everyNth: every, onReply });
    const notes = `at most ${(done.mostTaken / 1024 / 1024).toFixed(1)} MiB of one without end`;
    return { part: "hostile replies", runs: done.replies, notes, failed: done.failed };
  },
  stolen: async (): Promise<Row> => {
    const tried = await runTries();
    const notes = tried
      .map(({ name, rulesAdded, restarts }) => `${name}: ${rulesAdded} rules, ${restarts} restarts`)
      .join("; ");
    const failed = tried.flatMap(({ name, faults }) => faults.map((fault) => `${name}: ${fault}`));
    return { part: "tries of a stolen Worker", runs: tried.length, notes, failed };
  },
  mutants: async ({ seed, say }: Wanted): Promise<Row> => {
    const failed: string[] = [];
    for (const planted of QUEUE_MUTANTS) {
      say(`planted: a Worker that ${planted.mistake}`);
      const { failure } = await runQueues({ runs: 500, seed, mistake: planted, shrink: false });
      if (!planted.sees.test(failure?.why ?? ""))
        failed.push(`not found: a Worker that ${planted.mistake}`);
    }
    for (const { mistake, story, crash, service, distort, sees } of CRASH_MUTANTS) {
      say(`planted: an agent that ${mistake}`);
      const stories = STORIES.filter(({ name }) => name === story);
      const at = { crashes: [crash], services: [service], stories };
      const wanted = { ...at, mistake: distort, untilFailed: true };
      const done = await runCrashes(wanted);
      if (!sees.test(failedInWords(done.failed)))
        failed.push(`not found: an agent that ${mistake}`);
    }
    const runs = QUEUE_MUTANTS.length + CRASH_MUTANTS.length;
    return { part: "planted mistakes", runs, notes: `${runs - failed.length} found`, failed };
  },
} as const;

const lines = (text: string): string[] => (text === "" ? [] : text.split("\n\n"));

function progress(say: Wanted["say"], what: string, each: number) {
  return (done: number, of: number): void => {
    if (done % each === 0) say(`${done} of ${of} ${what}`);
  };
}
