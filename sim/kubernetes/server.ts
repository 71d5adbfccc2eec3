// The simulated cluster: an API server over HTTPS on 127.0.0.1, controllers and a kubelet behind it.
import { createServer, type Server } from "node:https";
import type { ApiWorld } from "./api.ts";
import type { Budget } from "./budgets.ts";
import { createServerCertificate } from "./certificate.ts";
import { createControllers, type ControllerSettings } from "./controllers.ts";
import { createFaults, type Fault } from "./faults.ts";
import { createKubelet, type Pull } from "./kubelet.ts";
import { createPages } from "./pages.ts";
import type { Eviction } from "./pod-routes.ts";
import { RECORDED_RULES, type Rule } from "./rights.ts";
import { serve, type RequestLine } from "./serve.ts";
import { snapshotOf, type PodSnapshot } from "./snapshot.ts";
import { createStore } from "./store.ts";
import { createTimers } from "./timers.ts";
import type { Workload } from "./workload.ts";

export type KubernetesOptions = Partial<ControllerSettings> & {
  readonly token: string;
  /** What the container runtime answers to a pull. */
  readonly pull: Pull;
  /** Rights of the account; left out: those of the recordings. */
  readonly rules?: readonly Rule[];
  /** How far the nodes' clocks are ahead of the server's; default 0. */
  readonly kubeletAheadMs?: number;
  /** How long the server tries an eviction again that names a uid alone; 10 s on a real one. */
  readonly conflictHoldMs?: number;
  /** Called with each request before it is carried out: what else happens at that moment. */
  readonly before?: (request: {
    readonly method: string;
    readonly path: string;
  }) => void | Promise<void>;
  /** 0 or left out: any free port. */
  readonly port?: number;
};

export type KubernetesSim = {
  readonly url: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly ca: string;
  apply(...workloads: readonly Workload[]): void;
  /** Gives a Deployment another image. */
  rollOut(name: string, image: string): void;
  addBudget(budget: Budget): void;
  /** The pods as they are now, by namespace and name. */
  pods(): readonly PodSnapshot[];
  /** Every pod that was taken away, in order. */
  readonly evictions: readonly Eviction[];
  /** The last thousand requests; status 0 where the connection was closed. */
  readonly requests: readonly RequestLine[];
  setPull(pull: Pull): void;
  /** The back-off of this pod ends: its kubelet pulls again, with the old status until it knows more. */
  pullAgain(uid: string): void;
  /** Back-offs and the reasons of failures are forgotten: every waiting pod is pulled for at once. */
  restartKubelets(): void;
  /** Somebody writes this pod: another version, the same pod. */
  touch(uid: string): void;
  /** From now on only this token is good. */
  setToken(token: string): void;
  setRules(rules: readonly Rule[]): void;
  /** Switches a fault on; the answer switches it off. */
  addFault(fault: Fault): () => void;
  clearFaults(): void;
  /** Storage forgets old states: running lists meet 410 Expired. */
  compact(): void;
  close(): Promise<void>;
};

const DEFAULTS: ControllerSettings = {
  backOffMs: 10_000,
  maxBackOffMs: 300_000,
  resyncMs: 5_000,
  parallelPulls: false,
  oldBackOffMessages: false,
  removalMs: 50,
  replaceMs: 5,
  jobDelayMs: 1_000,
  nodes: {
    "node-a": ["192.0.2.21", "2001:db8:21::1"],
    "node-b": ["192.0.2.22", "2001:db8:22::1"],
  },
};

export async function startKubernetes(options: KubernetesOptions): Promise<KubernetesSim> {
  const settings: ControllerSettings = { ...DEFAULTS, ...options };
  const timers = createTimers();
  const store = createStore(options.kubeletAheadMs);
  const kubelet = createKubelet({ store, timers, settings, pull: options.pull });
  const controllers = createControllers({ store, kubelet, timers, settings });
  const pages = createPages();
  const faults = createFaults();
  const budgets: Budget[] = [];
  const evictions: Eviction[] = [];
  const requests: RequestLine[] = [];
  let token = options.token;
  let rules = options.rules ?? RECORDED_RULES;
  const world: ApiWorld = {
    store,
    pages,
    controllers,
    budgets,
    evictions,
    isPulling: (uid) => kubelet.isPulling(uid),
    token: () => token,
    rules: () => rules,
    conflictHoldMs: options.conflictHoldMs ?? 10_000,
  };
  const before = options.before ?? (() => undefined);
  const certificate = await createServerCertificate();
  const server = createServer(
    { cert: certificate.certPem, key: certificate.keyPem },
    (request, response) => {
      // A client that goes away in the middle of its request ends only its own connection.
      serve({ world, faults, requests, timers, before }, request, response).catch(() =>
        request.socket.destroy(),
      );
    },
  );
  const port = await listen(server, options.port ?? 0);
  return {
    url: `https://127.0.0.1:${port}`,
    ca: certificate.caPem,
    apply: (...workloads) => workloads.forEach((workload) => controllers.apply(workload)),
    rollOut: (name, image) => controllers.rollOut(name, image),
    addBudget: (budget) => void budgets.push(budget),
    pods: () => store.pods().map(snapshotOf),
    evictions,
    requests,
    setPull: (pull) => kubelet.setPull(pull),
    pullAgain: (uid) => kubelet.pullAgain(uid),
    restartKubelets: () => kubelet.restart(),
    touch: (uid) => {
      const pod = store.byUid(uid);
      if (pod !== undefined) store.put(pod);
    },
    setToken: (next) => void (token = next),
    setRules: (next) => void (rules = next),
    addFault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    compact: () => pages.compact(),
    close: () => {
      timers.clear();
      return close(server);
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
