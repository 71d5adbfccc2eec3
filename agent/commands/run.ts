// `run`: the loop, its doorbell and its health, until the process is told to stop.
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { errorText } from "../basics/error-text.ts";
import { PROTOCOL, type ClaimRequest } from "../../src/protocol/calls.ts";
import { VERSION } from "../../src/protocol/version.ts";
import type { KubernetesCluster } from "../kubernetes/cluster.ts";
import { lookAfterUndo } from "../loop/after-undo.ts";
import { bootMs } from "../loop/boot-clock.ts";
import { budgetedCluster, budgetedRouter } from "../loop/budgets.ts";
import { endingAfter, spaced } from "../loop/ending.ts";
import { openHealth, type Health, type HealthOptions } from "../loop/health.ts";
import { keepRuleShown } from "../loop/keep-rule-shown.ts";
import { keepRefreshing } from "../loop/keep-entries.ts";
import { keepMarking } from "../loop/keep-marker.ts";
import type { HeldLease } from "../loop/lease.ts";
import { runLoop, type LoopOptions } from "../loop/loop.ts";
import { openPulse } from "../loop/pulse.ts";
import { jitteredPollMs, openRest } from "../loop/rest.ts";
import { stoppableClock } from "../loop/stoppable-clock.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { World } from "../ports/world.ts";
import type { Dialer } from "../probe/dialer.ts";
import type { Settings } from "../settings/environment.ts";
import { networkOf } from "../settings/network.ts";
import { clusterOf, routerOf } from "../settings/outside.ts";
import type { Hush } from "../ports/hush.ts";
import { newestOf } from "../settings/secrets.ts";
import { limitsOf, policyOf, restartMemory } from "../settings/policy.ts";
import { createWorker, type WorkerApi, type WorkerOptions } from "../worker/api.ts";
import { connectDoorbell, type DoorbellOptions } from "../worker/doorbell.ts";
import { racingAgent } from "../worker/race.ts";

export type Running = {
  readonly stopped: AbortSignal;
  readonly dialer: Dialer;
  readonly log: Log;
  readonly hush: Hush;
};

/** What every job of this process shares. */
type Site = Omit<World, "lease" | "lastRule" | "journal" | "cluster"> & {
  readonly cluster: KubernetesCluster;
  readonly clock: Clock;
};

/** Ends when told to stop, or with a sentence about what the settings lack. */
export async function run(settings: Settings, running: Running): Promise<string | null> {
  const worker = workerOptionsOf(settings, running);
  if (worker === null)
    return "run needs WORKER_URL and WORKER_TOKEN (or WORKER_TOKEN_FILE): npm run token -- --cluster NAME --role agent";
  const site = siteOf(settings, running);
  if (typeof site === "string") return site;
  const { stopped, log } = running;

  const { ring, rest } = openRest(stopped);
  const pulse = openPulse(site.clock.now);
  let lease: HeldLease | null = null;
  const health = await healthOrWhy(settings, {
    stuck: () => pulse.stuck(),
    unready: () => pulse.unready() ?? site.cluster.trouble(),
  });
  if (typeof health === "string") return health;
  const onRing = (): void => {
    ring();
    lease?.renewNow();
  };
  const doorbell = connectDoorbell({ ...worker, ...DOORBELL, onRing, log });
  sayThatItRuns(settings, site, health.port);
  const upkeep = keepUp(settings, site, stopped);
  const budgeted = withinBudgets(settings, site, health.usedUp);
  const { router } = budgeted;
  const counted =
    router === null ? null : keepRuleShown(router, health.ruleSeen, { ...site, stopped });
  const afterUndo = afterUndoOf(settings, site);
  await runLoop({
    ...identityOf(settings),
    worker: calledSlowly(lookingFirst(createWorker(worker), afterUndo, log), stopped),
    clock: site.clock,
    worldFor: (own): World => ({ ...site, ...budgeted, ...own }),
    renewMs: settings.RENEW_MS,
    reserveMs: settings.LEASE_RESERVE_MS,
    monotonic: bootMs,
    pollMs: () =>
      Math.min(
        afterUndo === null ? Infinity : Math.max(1_000, afterUndo.dueInMs()),
        jitteredPollMs(pollMsOf(settings, doorbell.connected()), Math.random()),
      ),
    rest,
    random: Math.random,
    stopping: () => stopped.aborted,
    ending: endingAfter(stopped),
    onLease: (held) => (lease = held),
    observe: {
      ...health.observer,
      ended(job, report) {
        afterUndo?.ended(job, report);
        health.observer.ended(job, report);
      },
      turned: () => pulse.turned(),
      polled() {
        pulse.polled();
        health.observer.polled();
      },
    },
    log,
  });
  await Promise.all([upkeep, counted]);
  doorbell.close();
  site.cluster.close();
  await health.close();
  log("agent stopped", {});
  return null;
}

/** Or, in a sentence, why nothing listens there. */
async function healthOrWhy(
  { HEALTH_HOST: host, HEALTH_PORT: port }: Settings,
  asked: Pick<HealthOptions, "stuck" | "unready">,
): Promise<Health | string> {
  try {
    return await openHealth({ host, port, ...asked });
  } catch (cause) {
    const what = `HEALTH_PORT=${port}, HEALTH_HOST=${host}: nothing can listen there`;
    return `${what} (${errorText(cause)}); choose another port, or 0 for any`;
  }
}

const DOORBELL = {
  pingMs: 30_000,
  retry: { firstMs: 1_000, mostMs: 60_000, mostAskedMs: 300_000 },
  random: Math.random,
} satisfies Partial<DoorbellOptions>;

/** However fast the Worker hands out jobs or rings. */
const CLAIM_GAP_MS = 1_000;

function calledSlowly(worker: WorkerApi, stopped: AbortSignal): WorkerApi {
  const claim = spaced((request: ClaimRequest) => worker.claim(request), CLAIM_GAP_MS, stopped);
  return { ...worker, claim };
}

type AfterUndo = ReturnType<typeof lookAfterUndo>;

function afterUndoOf(settings: Settings, { router, clock, log }: Site): AfterUndo | null {
  if (router === null) return null;
  return lookAfterUndo(router, settings.POLL_WITH_DOORBELL_MS, { clock, log });
}

/** Before each claim it is looked whether something came back after a person's undo. */
function lookingFirst(worker: WorkerApi, afterUndo: AfterUndo | null, log: Log): WorkerApi {
  if (afterUndo === null) return worker;
  return {
    ...worker,
    claim: async (request) => {
      // The stop may cut a pause of the router's short.
      await afterUndo.turn().catch((error: unknown) => log("not looked after the undo", { error }));
      return worker.claim(request);
    },
  };
}

/** The way to the Worker; null where the settings name none. */
function workerOptionsOf(settings: Settings, { hush }: Running): WorkerOptions | null {
  const { WORKER_URL: url, WORKER_TOKEN: token, WORKER_TIMEOUT_MS: timeoutMs } = settings;
  if (url === undefined || token === undefined) return null;
  const agent = racingAgent({ secure: url.startsWith("https:") });
  return { url, token: newestOf(settings, "WORKER_TOKEN"), timeoutMs, agent, hush: hush.value };
}

/** Or, in a sentence, what the settings lack. */
function siteOf(settings: Settings, { stopped, dialer, log }: Running): Site | string {
  const clock = stoppableClock(stopped);
  const cluster = clusterOf(settings, clock, log);
  if (cluster === null) return "run needs a cluster: start it in a pod, or set KUBERNETES_URL";
  const router = routerOf(settings, clock, log);
  if (!router.ok) return router.error.message;
  return {
    cluster,
    network: networkOf(settings, dialer),
    router: router.value,
    clock,
    policy: policyOf(settings),
    memory: restartMemory(),
    agentVersion: VERSION,
    log,
  };
}

/** What jobs may use, as often as the settings allow. */
function withinBudgets(
  settings: Settings,
  { cluster, router, clock, log }: Site,
  usedUp: Health["usedUp"],
): Pick<World, "cluster" | "router"> {
  const keeping = { limits: limitsOf(settings), clock, log, usedUp };
  return {
    cluster: budgetedCluster(cluster, keeping),
    router: router === null ? null : budgetedRouter(router, keeping),
  };
}

type Identity = Pick<LoopOptions, "agentId" | "process" | "version" | "node" | "mode">;

function identityOf({ AGENT_ID: id, NODE_NAME: node, MODE: mode }: Settings): Identity {
  return {
    agentId: id ?? hostname(),
    process: randomUUID(),
    version: VERSION,
    node: node ?? null,
    mode,
  };
}

function pollMsOf(settings: Settings, doorbellConnected: boolean): number {
  return doorbellConnected ? settings.POLL_WITH_DOORBELL_MS : settings.POLL_MS;
}

function sayThatItRuns(settings: Settings, { policy, log }: Site, health: number): void {
  const { mode, prefix } = policy;
  const router = settings.ROUTER_URL ?? "none: it only observes";
  log("agent runs", { router, version: VERSION, protocol: PROTOCOL.max, mode, prefix, health });
}

/** What stands on the router is renewed beside the jobs, until stopped. */
async function keepUp(settings: Settings, site: Site, stopped: AbortSignal): Promise<void> {
  const { router, network, clock, policy, log } = site;
  if (router === null || policy.mode === "observe") return;
  const entries = { router, network, clock, hosts: policy.ruleHosts, log };
  await Promise.all([
    router.refresh === null ? null : keepRefreshing(entries, settings.ENTRY_REFRESH_MS, stopped),
    keepMarking(router, log, stopped),
  ]);
}
