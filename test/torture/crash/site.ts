// The place of one run: the simulated router and API server behind wires, the network in memory, and one
// clock that waits are added to.
import type { Network } from "../../../agent/ports/network.ts";
import { startKubernetes, type KubernetesSim } from "../../../sim/kubernetes/server.ts";
import type { Workload } from "../../../sim/kubernetes/workload.ts";
import { homeRules } from "../../../sim/routeros/home-rules.ts";
import { startRouterOs, type RouterOs } from "../../../sim/routeros/server.ts";
import { blockedAt, truthOf, type Row, type Truth } from "../../histories/truth.ts";
import { TLS_TIMEOUT } from "../../support/a-pod.ts";
import { policyOf } from "../../../agent/settings/policy.ts";
import { settingsOf } from "../../support/a-policy.ts";
import { HUB, type Path } from "../../support/a-round.ts";
import { aRule } from "../../support/a-rule.ts";
import { hub } from "../../support/a-site.ts";
import { memoryNetwork } from "../../support/memory-adapters.ts";
import { aSiteInMemory } from "../../support/site-in-memory.ts";
import type { WorkerUnderTest } from "../worker/worker-under-test.ts";
import { openWire, type Distort, type Service, type Wire } from "./wire.ts";

/** One agent's way to the outside. */
export type Door = {
  readonly wires: Readonly<Record<Service, Wire>>;
  readonly environment: Readonly<Record<string, string>>;
};

export type TortureSite = {
  readonly router: RouterOs;
  readonly cluster: KubernetesSim;
  readonly network: Network;
  /**The agent's settings here, and what its calls pass through. */
  openDoor(): Promise<Door>;
  /** The site's time, ms since the epoch: the computer's, and the waits that nobody waited for. */
  readonly now: number;
  pass(ms: number): void;
  /** The same, and a moment in which kubelets get on. */
  sleep(ms: number): Promise<void>;
  setPath(v4: Path, v6: Path): void;
  truth(): Truth;
  close(): Promise<void>;
};

export type SiteOptions = {
  readonly worker: WorkerUnderTest;
  readonly name: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly rules?: readonly Row[];
  /** False: packets do not go by the router's rules. */
  readonly ruleWorks?: boolean;
  readonly path?: readonly [v4: Path, v6: Path];
  readonly mistake?: Distort;
};

export const LOGIN = { user: "backon", password: "never-to-be-seen-outside" } as const;
export const CLUSTER_TOKEN = "cluster-token-of-the-tortured-site";
/** Kubelets wait on the computer's clock, so the site tells them when so long was skipped. */
const BACK_OFF_MS = 300_000;
const NOT_FOUND = 'failed to resolve reference "docker.io/library/gone:1": not found';
const failing = { sinceMs: 600_000, message: TLS_TIMEOUT };
const WORKLOADS: readonly Workload[] = [
  { kind: "Deployment", namespace: "shop", name: "web", image: "nginx:1.27", replicas: 2, failing },
  { kind: "StatefulSet", namespace: "shop", name: "db", image: "nginx:1.27", failing },
  // No path can mend these, so nothing may touch them.
  {
    kind: "Deployment",
    namespace: "shop",
    name: "typo",
    image: "gone:1",
    failing: { sinceMs: 600_000, message: NOT_FOUND },
  },
  { kind: "bare", namespace: "shop", name: "alone", image: "nginx:1.27", failing },
];

export async function openSite(options: SiteOptions): Promise<TortureSite> {
  const { worker, name, ruleWorks = true } = options;
  let skippedMs = 0;
  const now = (): number => Date.now() + skippedMs;
  const memory = aSiteInMemory({}, []);
  Object.defineProperty(memory, "now", {
    get: now,
    set(at: number) {
      skippedMs = at - Date.now();
    },
  });
  const router = await startRouterOs({
    ...LOGIN,
    plainHttp: true,
    now,
    loginDelayMs: 0,
    msPerRow: 0,
    rules: [...homeRules, ...(options.rules ?? [])],
  });
  const isBlocked = (): boolean => ruleWorks && blockedAt(router).length > 0;
  const cluster = await startKubernetes({
    token: CLUSTER_TOKEN,
    removalMs: 2,
    replaceMs: 1,
    pull: (image) => {
      if (image.startsWith("gone")) return Promise.resolve({ ok: false, message: NOT_FOUND });
      const [v4, v6] = memory.paths[HUB] ?? [];
      const through = v6 === "ok" || (isBlocked() && v4 === "ok");
      return Promise.resolve(through ? { ok: true } : { ok: false, message: TLS_TIMEOUT });
    },
  });
  cluster.apply(...WORKLOADS);
  memory.ruleWorks = ruleWorks;
  const login = {
    MODE: "auto",
    NODE_NAME: "node-a",
    CLUSTER_NAME: "home",
    ROUTER_ALLOW_HTTP: "yes",
    ROUTER_USER: LOGIN.user,
    ROUTER_PASSWORD: LOGIN.password,
    KUBERNETES_TOKEN: CLUSTER_TOKEN,
    WORKER_TOKEN: await worker.token("agent", name, "agent-1"),
    ...options.environment,
  };
  const doors: Door[] = [];
  const policy = policyOf(settingsOf(login));
  const setPath = (v4: Path, v6: Path): void =>
    void (memory.paths = { ...memory.paths, ...hub(v4, v6) });
  setPath(...(options.path ?? (["ok", "tls stall"] as const)));
  return {
    router,
    cluster,
    async openDoor() {
      const wires = {
        worker: await openWire("worker", () => ({ url: worker.url }), options.mistake),
        router: await openWire("router", () => ({ url: router.url }), options.mistake),
        cluster: await openWire(
          "cluster",
          () => ({ url: cluster.url, ca: cluster.ca }),
          options.mistake,
        ),
      };
      const urls = {
        ROUTER_URL: wires.router.url,
        KUBERNETES_URL: wires.cluster.url,
        WORKER_URL: wires.worker.url,
      };
      const door = { wires, environment: { ...urls, ...login } };
      doors.push(door);
      return door;
    },
    network: seeing(memoryNetwork(memory), () => {
      const networks = blockedAt(router).map((address) => `${address}/128`);
      memory.rules = networks.length === 0 ? [] : [aRule({ networks })];
    }),
    get now() {
      return now();
    },
    pass: (ms) => void (skippedMs += ms),
    async sleep(ms) {
      const backOffs = Math.floor(skippedMs / BACK_OFF_MS);
      skippedMs += ms;
      if (Math.floor(skippedMs / BACK_OFF_MS) > backOffs)
        for (const { uid, ready } of cluster.pods()) if (!ready) cluster.pullAgain(uid);
      await new Promise((resolve) => setTimeout(resolve, Math.min(ms, 5)));
    },
    setPath,
    truth: () => truthOf(router, policy),
    async close() {
      const wires = doors.flatMap((door) => Object.values(door.wires));
      await Promise.all(wires.map((wire) => wire.close()));
      await cluster.close();
      await router.close();
    },
  };
}

/** The network in memory sees the simulated router's table, as packets would. */
function seeing(network: Network, look: () => void): Network {
  return new Proxy(network, {
    get(target, name) {
      const its: unknown = Reflect.get(target, name);
      if (typeof its !== "function") return its;
      return (...given: unknown[]): unknown => {
        look();
        return Reflect.apply(its, target, given);
      };
    },
  });
}
