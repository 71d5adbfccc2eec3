// The node's side of the lab, put together for one job after another: the real Worker in workerd, a
// fresh simulated cluster whose pods pull over the lab's network, and the real agent as a process.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startKubernetes, type KubernetesSim } from "../../sim/kubernetes/server.ts";
import type { Workload } from "../../sim/kubernetes/workload.ts";
import { startLocalWorker, type LocalWorker } from "../../sim/local-worker.ts";
import { overTheMachine } from "../../sim/network/dialer.ts";
import { createImageClient } from "../../sim/network/image-client.ts";
import { startAgent, type AgentInNode } from "./agent-in-node.ts";
import { firstEviction, type FirstEviction } from "./first-eviction.ts";
import type { RouterAccess } from "./router-process.ts";
import { systemResolver } from "./system-resolver.ts";
import { apiOf, endOf, mint, nextJob, requestJob, type Api, type Ended } from "./worker-api.ts";

export type SiteInNodeOptions = {
  /** Exists; the Worker's storage and the agent's files go into it. */
  readonly folder: string;
  /** One for each job to come: a hold or a last rule in one of them does not reach the next. */
  readonly clusters: readonly string[];
  /** PEM of the authority that the lab's registries are signed by. */
  readonly caPem: string;
  readonly router: RouterAccess;
  /** The Worker's variables that differ from their defaults. */
  readonly variables?: Readonly<Record<string, string>>;
};

export type JobToRun = {
  readonly cluster: string;
  /** The runtime's own words, with which a Deployment's one pod on node-a fails since 6 minutes. */
  readonly message: string;
  readonly image?: string;
  /** Nobody asks for this job: the Worker queues one of this kind by itself. */
  readonly awaits?: "recheck";
  /** Agent and cluster live on, for the next job or until `leave`. */
  readonly stays?: boolean;
  /** In place of that Deployment. */
  readonly workloads?: readonly Workload[];
  /** Besides that Deployment. */
  readonly besides?: readonly Workload[];
  /** The first eviction waits for `carryOutFirstEviction`. */
  readonly holdsFirstEviction?: boolean;
  /** An Alertmanager body that starts the job; left out: an operator asks to remediate. */
  readonly alert?: unknown;
  /** The agent's variables that differ from its defaults, in `auto`. */
  readonly env?: Readonly<Record<string, string>>;
  /** From the request to the end of the job; default 240 s. */
  readonly limitMs?: number;
};

export type JobEnd = Ended & {
  readonly job: string;
  /** What the cluster's API took away, oldest first; `pulling`: its kubelet was in the middle of a pull. */
  readonly evictions: readonly {
    readonly namespace: string;
    readonly name: string;
    readonly pulling: boolean;
  }[];
  readonly pods: readonly { readonly name: string; readonly phase: string }[];
  /** The last round of probes; null without one. */
  readonly secondsToVerdict: number | null;
  /** From its spawn until the agent runs, and from the request until the job ended. */
  readonly agentUpMs: number | null;
  readonly jobMs: number;
  /** The last lines of the agent. */
  readonly agentLog: readonly string[];
};

export type SiteInNode = {
  /** One job to its end; then agent and cluster are gone, unless they stay. */
  run(job: JobToRun): Promise<JobEnd>;
  /** True once the first eviction of the job under way is held; false if that ended without one. */
  heldFirstEviction(): Promise<boolean>;
  /** First the kubelet of this workload's pod pulls again, if one is named. */
  carryOutFirstEviction(pullsAgain?: string): void;
  /** Ends the agent that stayed: asked to, or killed for good. Its cluster goes too. */
  leave(how: "stop" | "kill"): Promise<void>;
  close(): Promise<void>;
};

/** Only an eviction brings the next pull: the kubelet itself waits longer than any test. */
const NO_RETRY = { backOffMs: 3_600_000, maxBackOffMs: 3_600_000 };
const FAILING_SINCE_MS = 360_000;
const CLUSTER_TOKEN = "cluster-token-of-the-network-lab";

export async function startSiteInNode(options: SiteInNodeOptions): Promise<SiteInNode> {
  const storage = join(options.folder, "worker");
  await mkdir(storage, { recursive: true });
  const clusters = options.clusters.join(",");
  const tokenKey = "a-key-for-the-network-lab-of-the-tests";
  const { variables = {} } = options;
  const worker = await startLocalWorker({ port: 0, storage, tokenKey, clusters, variables });
  let running: Running | null = null;
  let eviction = firstEviction();
  const leave = async (how: "stop" | "kill"): Promise<void> => {
    if (running !== null) await endOfRun(running, how);
    running = null;
  };
  return {
    run: async (job) => {
      // Before anything is waited for: the question for it may follow at once.
      const held = firstEviction();
      eviction = held;
      if (job.holdsFirstEviction !== true) held.end();
      running ??= await begin(options, worker, { job, eviction: held });
      try {
        return await jobEnd(running, job);
      } finally {
        held.end();
        if (job.stays !== true) await leave("stop");
      }
    },
    heldFirstEviction: () => eviction.held(),
    carryOutFirstEviction: (pullsAgain) => {
      const pods = running?.cluster.pods() ?? [];
      const pod = pods.find(({ name }) => pullsAgain !== undefined && name.startsWith(pullsAgain));
      if (pod !== undefined) running?.cluster.pullAgain(pod.uid);
      eviction.carryOut();
    },
    leave,
    close: async () => {
      await leave("stop");
      await worker.stop();
    },
  };
}

type Running = {
  readonly api: Api;
  readonly cluster: KubernetesSim;
  readonly agent: AgentInNode;
  /** Jobs whose end was told. */
  readonly told: string[];
};

async function begin(
  options: SiteInNodeOptions,
  worker: LocalWorker,
  { job, eviction }: { readonly job: JobToRun; readonly eviction: FirstEviction },
): Promise<Running> {
  const dnsServer = await systemResolver();
  const pull = createImageClient({ dialer: overTheMachine, dnsServer, caPem: options.caPem });
  const cluster = await startKubernetes({
    token: CLUSTER_TOKEN,
    pull,
    before: (request) => eviction.before(request),
    ...NO_RETRY,
  });
  cluster.apply(...(job.workloads ?? [failingDeployment(job)]), ...(job.besides ?? []));
  const agent = startAgent(await environmentOf(options, worker, cluster, job));
  return { api: await apiOf(worker, job.cluster), cluster, agent, told: [] };
}

async function endOfRun({ agent, cluster }: Running, how: "stop" | "kill"): Promise<void> {
  await agent[how]();
  await cluster.close();
}

async function jobEnd(running: Running, job: JobToRun): Promise<JobEnd> {
  const { api, cluster, agent } = running;
  try {
    const startedAt = performance.now();
    const until = startedAt + (job.limitMs ?? 240_000);
    const id =
      job.awaits === undefined
        ? await requestJob(api, job)
        : await nextJob(api, job.awaits, running.told, until);
    const ended = await endOf(api, id, until);
    running.told.push(id);
    const probe = ended.report?.stages.findLast(({ stage }) => stage === "probe");
    return {
      job: id,
      ...ended,
      evictions: cluster.evictions,
      pods: cluster.pods(),
      secondsToVerdict: probe === undefined ? null : probe.ms / 1_000,
      agentUpMs: agent.upMs(),
      jobMs: Math.round(performance.now() - startedAt),
      agentLog: agent.log,
    };
  } catch (cause) {
    throw new Error(`${String(cause)}\nThe agent's log:\n${agent.log.join("\n")}`, { cause });
  }
}

function failingDeployment({ message, image = "busybox:1.36" }: JobToRun): Workload {
  const failing = { sinceMs: FAILING_SINCE_MS, message };
  return { kind: "Deployment", namespace: "shop", name: "web", image, failing };
}

async function environmentOf(
  { folder, caPem, router }: SiteInNodeOptions,
  worker: LocalWorker,
  cluster: KubernetesSim,
  job: JobToRun,
): Promise<Record<string, string>> {
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  return {
    PATH: process.env["PATH"] ?? "",
    MODE: "auto",
    WORKER_URL: worker.url,
    WORKER_TOKEN: await mint(worker, "agent", job.cluster),
    EXTRA_CA_FILE: await file("registries-ca.pem", caPem),
    ROUTER_URL: router.url,
    ROUTER_USER: router.user,
    ROUTER_PASSWORD: router.password,
    ROUTER_CA_FILE: await file("router-ca.pem", router.ca),
    KUBERNETES_URL: cluster.url,
    KUBERNETES_TOKEN: CLUSTER_TOKEN,
    KUBERNETES_CA_FILE: await file(`${job.cluster}-ca.pem`, cluster.ca),
    NODE_NAME: "node-a",
    HEALTH_PORT: "0",
    ...job.env,
  };
}
