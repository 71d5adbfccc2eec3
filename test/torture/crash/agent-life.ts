// One life of the real agent: its loop and its adapters for router, cluster and Worker over real sockets,
// with the network in memory and a clock of its own. It can die at any moment.
import { lookAfterUndo } from "../../../agent/loop/after-undo.ts";
import { budgetedCluster, budgetedRouter } from "../../../agent/loop/budgets.ts";
import { runLoop } from "../../../agent/loop/loop.ts";
import { createCluster } from "../../../agent/kubernetes/cluster.ts";
import type { Clock } from "../../../agent/ports/clock.ts";
import { routerOf } from "../../../agent/settings/outside.ts";
import { limitsOf, policyOf, restartMemory } from "../../../agent/settings/policy.ts";
import { hushOf } from "../../../agent/settings/secrets.ts";
import { createWorker, type WorkerApi } from "../../../agent/worker/api.ts";
import { racingAgent } from "../../../agent/worker/race.ts";
import type { Report } from "../../../src/protocol/report.ts";
import { settingsOf } from "../../support/a-policy.ts";
import type { Door, TortureSite } from "./site.ts";

export type Life = {
  /** Resolves when the loop has ended; never for one that died. */
  readonly over: Promise<void>;
  readonly reports: readonly Report[];
  readonly log: readonly { readonly message: string; readonly facts: object }[];
  readonly isDead: boolean;
  readonly isFrozen: boolean;
  /** SIGKILL: nothing reaches the outside any more, and nothing comes back. */
  die(): void;
  /** SIGSTOP: it does nothing, and what it waits for does not come. */
  freeze(): void;
  /** SIGCONT, so many ms later on the clock that counts leases. */
  thaw(lostMs: number): void;
};

export type LifeOptions = {
  readonly agentId?: string;
  readonly process: string;
  /** For each call to cluster, router and Worker, ms. */
  readonly timeoutMs?: number;
  /** Called in place of each pause between two claims; true: enough, the loop ends. */
  readonly onRest: (ms: number) => Promise<boolean>;
};

/** A poll that finds nothing pauses so long. */
const POLL_MS = 40_000;
const NEVER = new Promise<never>(() => {});

export function startLife(site: TortureSite, door: Door, options: LifeOptions): Life {
  const settings = settingsOf(door.environment);
  const { wires } = door;
  const { timeoutMs = 10_000 } = options;
  const log: { message: string; facts: object }[] = [];
  const reports: Report[] = [];
  const ending = new AbortController();
  let dead = false;
  let stopping = false;
  let lostMs = 0;
  let frozen: Promise<void> | null = null;
  let goOn = (): void => {};
  const alive = async (): Promise<void> => {
    if (dead) await NEVER;
    await frozen;
  };
  const hush = hushOf(settings);
  const say = (message: string, facts: object): void =>
    void log.push({ message, facts: Object(hush.value(facts)) });
  const clock: Clock = {
    now: () => site.now,
    async sleep(ms) {
      await alive();
      await site.sleep(ms);
      await alive();
    },
  };
  const cluster = createCluster({
    url: wires.cluster.url,
    ca: () => null,
    token: () => settings.KUBERNETES_TOKEN ?? "",
    namespaces: [],
    timeoutMs,
    now: clock.now,
    sleep: clock.sleep,
    log: say,
  });
  const made = routerOf({ ...settings, ROUTER_TIMEOUT_MS: timeoutMs }, clock, say);
  if (!made.ok || made.value === null) throw new Error("no router");
  const keeping = { limits: limitsOf(settings), clock, log: say, usedUp: () => {} };
  const router = made.value;
  const shared = {
    cluster: budgetedCluster(cluster, keeping),
    network: site.network,
    router: budgetedRouter(router, keeping),
    clock,
    policy: policyOf(settings),
    memory: restartMemory(),
    agentVersion: "0.1.0",
    log: say,
  };
  const afterUndo = lookAfterUndo(router, POLL_MS, { clock, log: say });
  const worker = createWorker({
    url: wires.worker.url,
    token: () => settings.WORKER_TOKEN ?? "",
    timeoutMs,
    agent: racingAgent({ secure: false }),
    hush: hush.value,
  });
  const lookingFirst: WorkerApi = {
    ...worker,
    async claim(request) {
      await afterUndo.turn();
      return worker.claim(request);
    },
  };
  const over = runLoop({
    worker: lookingFirst,
    worldFor: (own) => ({ ...shared, ...own }),
    clock,
    agentId: options.agentId ?? "agent-1",
    process: options.process,
    mode: settings.MODE,
    version: "0.1.0",
    node: "node-a",
    renewMs: 3_600_000,
    reserveMs: settings.LEASE_RESERVE_MS,
    monotonic: () => performance.now() + lostMs,
    pollMs: () => POLL_MS,
    async rest(ms) {
      await alive();
      site.pass(ms);
      stopping = (await options.onRest(ms)) || stopping;
      await alive();
    },
    random: () => 1,
    stopping: () => stopping,
    ending: ending.signal,
    onLease: () => {},
    observe: {
      turned: () => {},
      polled: () => {},
      stage: () => {},
      ended(job, report) {
        if (dead) return;
        reports.push(report);
        afterUndo.ended(job, report);
      },
    },
    log: say,
  }).then(() => (dead ? NEVER : undefined));
  void over.then(() => cluster.close());
  return {
    over,
    reports,
    log,
    get isDead() {
      return dead;
    },
    get isFrozen() {
      return frozen !== null;
    },
    die() {
      dead = true;
      stopping = true;
      ending.abort();
      for (const wire of Object.values(wires)) wire.cut();
      cluster.close();
    },
    freeze() {
      const stopped = new Promise<void>((resolve) => (goOn = resolve));
      frozen = stopped;
      for (const wire of Object.values(wires)) wire.hold(stopped);
    },
    thaw(ms) {
      lostMs += ms;
      frozen = null;
      goOn();
    },
  };
}
