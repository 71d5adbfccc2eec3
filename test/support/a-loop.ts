// The agent's loop at a site in memory, with a fake Worker on loopback; runs until it would poll
// again with nothing to do.
import { onTestFinished } from "vitest";
import { runLoop, type LoopOptions } from "../../agent/loop/loop.ts";
import type { World } from "../../agent/ports/world.ts";
import { aSite } from "./a-site.ts";
import { aWorld } from "./a-world.ts";
import { aFakeWorker, type FakeWorker } from "./fake-worker.ts";
import type { SiteInMemory } from "./site-in-memory.ts";

/** No pause between two tries is as long: with the first poll that finds nothing the loop ends. */
const POLL_MS = 40_000;

export type LoopRun = {
  readonly worker: FakeWorker;
  readonly site: SiteInMemory;
  readonly log: { readonly message: string; readonly [fact: string]: unknown }[];
  /** How long the loop wanted to rest, ms each; no test waits for it. */
  readonly rests: number[];
  readonly ended: string[];
  /** How often the loop said that it goes round. */
  turns: number;
  stopping: boolean;
  run(changes?: Partial<World>, options?: Partial<LoopOptions>): Promise<void>;
};

export async function aLoop(site: SiteInMemory = aSite()): Promise<LoopRun> {
  const worker = await aFakeWorker();
  onTestFinished(() => worker.close());
  const loop: LoopRun = {
    worker,
    site,
    log: [],
    rests: [],
    ended: [],
    turns: 0,
    stopping: false,
    run: (changes = {}, options = {}) => runLoop({ ...optionsOf(loop, changes), ...options }),
  };
  return loop;
}

function optionsOf(loop: LoopRun, changes: Partial<World>): LoopOptions {
  const log: LoopOptions["log"] = (message, facts) => void loop.log.push({ message, ...facts });
  return {
    worker: loop.worker.api,
    worldFor: (own) => aWorld(loop.site, { ...own, log, ...changes }),
    clock: aWorld(loop.site, changes).clock,
    agentId: "agent-1",
    process: "process-1",
    version: "0.1.0",
    node: "node-a",
    mode: "auto",
    renewMs: 20_000,
    reserveMs: 75_000,
    monotonic: () => performance.now(),
    pollMs: () => POLL_MS,
    rest: async (ms) => {
      loop.rests.push(ms);
      if (ms === POLL_MS) loop.stopping = true;
    },
    random: () => 1,
    stopping: () => loop.stopping,
    onLease: () => {},
    observe: {
      turned: () => void (loop.turns += 1),
      polled: () => {},
      stage: () => {},
      ended: (_job, report) => void loop.ended.push(report.outcome ?? "open"),
    },
    log,
  };
}
