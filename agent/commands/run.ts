// `run`: the loop, its doorbell and its health, until the process is told to stop.
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { PROTOCOL } from "../../src/protocol/calls.ts";
import { VERSION } from "../../src/protocol/version.ts";
import type { Settings } from "../settings/environment.ts";
import { hangDoorbell } from "../worker/doorbell.ts";
import { openHealth } from "../loop/health.ts";
import { keepRefreshing } from "../loop/keep-entries.ts";
import { keepMarking } from "../loop/keep-marker.ts";
import type { HeldLease } from "../loop/lease.ts";
import type { Log } from "../ports/log.ts";
import { runLoop } from "../loop/loop.ts";
import { networkOf } from "../settings/network.ts";
import { clusterOf, routerOf } from "../settings/outside.ts";
import { policyOf, restartMemory } from "../settings/policy.ts";
import type { Dialer } from "../probe/dialer.ts";
import { racingAgent } from "../worker/race.ts";
import { createWorker } from "../worker/api.ts";
import type { Clock } from "../ports/clock.ts";
import type { World } from "../ports/world.ts";

export type Running = { readonly stopped: AbortSignal; readonly dialer: Dialer; readonly log: Log };

/** Thrown by a pause when the process is told to stop: the job is handed back. */
class Stopping extends Error {}

/** Ends when told to stop, or with a sentence about what the settings lack. */
export async function run(settings: Settings, running: Running): Promise<string | null> {
  const { stopped, dialer, log } = running;
  const { WORKER_URL: url, WORKER_TOKEN: token } = settings;
  if (url === undefined || token === undefined)
    return "run needs WORKER_URL and WORKER_TOKEN (or WORKER_TOKEN_FILE): npm run token -- --cluster NAME --role agent";
  const clock = stoppableClock(stopped);
  const cluster = clusterOf(settings, clock, log);
  if (cluster === null) return "run needs a cluster: start it in a pod, or set KUBERNETES_URL";
  const router = routerOf(settings, clock, log);
  if (!router.ok) return router.error.message;

  const network = networkOf(settings, dialer);
  const policy = policyOf(settings);
  const memory = restartMemory();
  const agent = racingAgent({ secure: url.startsWith("https:") });
  const worker = createWorker({
    url,
    token: () => token,
    timeoutMs: settings.WORKER_TIMEOUT_MS,
    agent,
  });
  const bell = ringable(stopped);
  let lease: HeldLease | null = null;
  let lastPoll = 0;
  let lastTurn = clock.now();

  const health = await openHealth({
    host: settings.HEALTH_HOST,
    port: settings.HEALTH_PORT,
    stuck: () => notTurning(lastTurn, clock.now()),
    unready: () =>
      lastPoll === 0 ? "the Worker has not answered yet" : tooOld(lastPoll, clock.now()),
  });
  const doorbell = hangDoorbell({
    url,
    token: () => token,
    agent,
    pingMs: 30_000,
    retryMs: 1_000,
    retryMostMs: 60_000,
    random: Math.random,
    onRing: () => {
      bell.ring();
      lease?.renewNow();
    },
    log,
  });
  const { mode, prefix } = policy;
  log("agent runs", {
    router: settings.ROUTER_URL ?? "none: it only observes",
    version: VERSION,
    protocol: PROTOCOL.max,
    mode,
    prefix,
    health: health.port,
  });

  const mayKeep = router.value !== null && router.value.refresh !== null && mode !== "observe";
  const keeping = mayKeep
    ? keepRefreshing(
        { router: router.value, network, clock, hosts: policy.ruleHosts, log },
        settings.ENTRY_REFRESH_MS,
        stopped,
      )
    : null;
  const marking =
    router.value !== null && mode !== "observe" ? keepMarking(router.value, log, stopped) : null;

  await runLoop({
    worker,
    clock,
    worldFor: (own): World => ({
      ...own,
      cluster,
      network,
      router: router.value,
      clock,
      policy,
      memory,
      agentVersion: VERSION,
      log,
    }),
    agentId: settings.AGENT_ID ?? hostname(),
    process: randomUUID(),
    version: VERSION,
    node: settings.NODE_NAME ?? null,
    renewMs: settings.RENEW_MS,
    reserveMs: settings.LEASE_RESERVE_MS,
    monotonic: () => performance.now(),
    pollMs: () =>
      (doorbell.connected() ? settings.POLL_WITH_DOORBELL_MS : settings.POLL_MS) *
      (0.75 + Math.random() / 2),
    rest: bell.rest,
    stopping: () => stopped.aborted,
    onLease: (held) => (lease = held),
    observe: {
      ...health.observer,
      turned: () => (lastTurn = clock.now()),
      polled: () => {
        lastPoll = clock.now();
        health.observer.polled();
      },
    },
    log,
  });
  await keeping;
  await marking;
  doorbell.close();
  cluster.close();
  await health.close();
  log("agent stopped", {});
  return null;
}

/** A poll comes at least every six minutes or so, a stage of a job ends within the longest watch. */
function notTurning(lastTurn: number, now: number): string | null {
  const age = now - lastTurn;
  return age > 20 * 60_000 ? `the loop has not turned for ${Math.round(age / 1000)} s` : null;
}

/** A poll comes at least every five minutes; three missed ones mean that no job gets here. */
function tooOld(lastPoll: number, now: number): string | null {
  const age = now - lastPoll;
  return age > 20 * 60_000 ? `the Worker last answered ${Math.round(age / 1000)} s ago` : null;
}

function stoppableClock(stopped: AbortSignal): Clock {
  return {
    now: Date.now,
    sleep: (ms) =>
      new Promise((resolve, reject) => {
        if (stopped.aborted) return reject(new Stopping("told to stop"));
        const stop = (): void => {
          clearTimeout(timer);
          reject(new Stopping("told to stop"));
        };
        const timer = setTimeout(() => {
          stopped.removeEventListener("abort", stop);
          resolve();
        }, ms);
        stopped.addEventListener("abort", stop, { once: true });
      }),
  };
}

/** A rest that the doorbell, or the order to stop, cuts short. A ring while awake counts for the next. */
function ringable(stopped: AbortSignal): {
  readonly ring: () => void;
  readonly rest: (ms: number) => Promise<void>;
} {
  let rang = false;
  let wake: (() => void) | null = null;
  const ring = (): void => {
    rang = true;
    wake?.();
  };
  stopped.addEventListener("abort", ring);
  return {
    ring,
    rest: async (ms) => {
      if (!rang)
        await new Promise<void>((resolve) => {
          // While it stops, it still waits a little between tries, and not for minutes.
          const timer = setTimeout(resolve, stopped.aborted ? Math.min(ms, 500) : ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      wake = null;
      rang = false;
    },
  };
}
