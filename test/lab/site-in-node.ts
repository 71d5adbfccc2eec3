// The node's side of the lab, put together for one job after another: the real Worker in workerd, a
// fresh simulated cluster whose pods pull over the lab's network, and the real agent as a process.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { directDialer } from "../../agent/probe/dialer.ts";
import { Report } from "../../src/protocol/report.ts";
import { mintToken } from "../../src/tokens.ts";
import { startKubernetes, type KubernetesSim } from "../sim/kubernetes/server.ts";
import type { Workload } from "../sim/kubernetes/workload.ts";
import { startLocalWorker, type LocalWorker } from "../sim/local-worker.ts";
import { createImageClient } from "../sim/network/image-client.ts";
import type { RouterAccess } from "./router-process.ts";

export type SiteInNodeOptions = {
  /** Exists; the Worker's storage and the agent's files go into it. */
  readonly folder: string;
  /** One for each job to come: a hold or a last rule in one of them does not reach the next. */
  readonly clusters: readonly string[];
  /** PEM of the authority that the lab's registries are signed by. */
  readonly caPem: string;
  readonly router: RouterAccess;
};

export type JobToRun = {
  readonly cluster: string;
  /** The runtime's own words, with which a Deployment's one pod on node-a fails since 6 minutes. */
  readonly message: string;
  readonly image?: string;
  /** In place of that Deployment. */
  readonly workloads?: readonly Workload[];
  /** An Alertmanager body that starts the job; left out: an operator asks to remediate. */
  readonly alert?: unknown;
  /** The agent's variables that differ from its defaults, in `auto`. */
  readonly env?: Readonly<Record<string, string>>;
  /** From the request to the end of the job; default 240 s. */
  readonly limitMs?: number;
};

export type JobEnd = {
  readonly job: string;
  /** `awaiting`: it asks a person. */
  readonly outcome: string;
  readonly report: Report | null;
  /** What the cluster's API took away, oldest first. */
  readonly evictions: readonly { readonly namespace: string; readonly name: string }[];
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
  /** One job from its request to its end; agent and cluster are gone when it resolves or rejects. */
  run(job: JobToRun): Promise<JobEnd>;
  close(): Promise<void>;
};

/** Only an eviction brings the next pull: the kubelet itself waits longer than any test. */
const NO_RETRY = { backOffMs: 3_600_000, maxBackOffMs: 3_600_000 };
const FAILING_SINCE_MS = 360_000;
const CLUSTER_TOKEN = "cluster-token-of-the-network-lab";
const POLL_MS = 100;
const CALL_LIMIT_MS = 5_000;
const STOP_LIMIT_MS = 10_000;

export async function startSiteInNode(options: SiteInNodeOptions): Promise<SiteInNode> {
  const storage = join(options.folder, "worker");
  await mkdir(storage, { recursive: true });
  const clusters = options.clusters.join(",");
  const tokenKey = "a-key-for-the-network-lab-of-the-tests";
  const worker = await startLocalWorker({ port: 0, storage, tokenKey, clusters });
  return { run: (job) => runJob(options, worker, job), close: () => worker.stop() };
}

async function runJob(
  options: SiteInNodeOptions,
  worker: LocalWorker,
  job: JobToRun,
): Promise<JobEnd> {
  const dnsServer = await systemResolver();
  const pull = createImageClient({ dialer: directDialer(), dnsServer, caPem: options.caPem });
  const cluster = await startKubernetes({ token: CLUSTER_TOKEN, pull, ...NO_RETRY });
  cluster.apply(...(job.workloads ?? [failingDeployment(job)]));
  const agent = startAgent(await environmentOf(options, worker, cluster, job));
  try {
    const api = await apiOf(worker, job.cluster);
    const startedAt = performance.now();
    const id = await requestJob(api, job);
    const ended = await endOf(api, id, startedAt + (job.limitMs ?? 240_000));
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
  } finally {
    await agent.stop();
    await cluster.close();
  }
}

/** The node's as it is now: a fault of the lab may have brought another one. */
async function systemResolver(): Promise<string> {
  const [, server] = /^nameserver\s+(\S+)/m.exec(await readFile("/etc/resolv.conf", "utf8")) ?? [];
  if (server === undefined) throw new Error("/etc/resolv.conf names no resolver");
  return server;
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

async function mint(
  { tokenKey: key }: LocalWorker,
  role: "operator" | "agent" | "alertmanager",
  cluster: string,
): Promise<string> {
  return (await mintToken({ key, role, cluster, sub: role, now: Date.now() })).token;
}

type Agent = {
  /** The last lines it wrote. */
  readonly log: readonly string[];
  /** From its spawn until it said that it runs. */
  readonly upMs: () => number | null;
  stop(): Promise<void>;
};

/** As on any machine: no way out but this namespace's own. */
function startAgent(env: Record<string, string>): Agent {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ["agent/main.ts", "run"], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit");
  const log: string[] = [];
  let upMs: number | null = null;
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on("line", (line) => {
      log.push(line);
      if (log.length > 200) log.shift();
      if (line.includes('"agent runs"')) upMs = Math.round(performance.now() - startedAt);
    });
  return { log, upMs: () => upMs, stop: () => end(child, exited) };
}

async function end(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
  await exited;
  clearTimeout(timer);
}

/** Calls the Worker as the role that a path asks for. */
type Api = (method: "GET" | "POST", path: string, body?: unknown) => Promise<unknown>;

async function apiOf(worker: LocalWorker, cluster: string): Promise<Api> {
  const [operator, alertmanager] = await Promise.all([
    mint(worker, "operator", cluster),
    mint(worker, "alertmanager", cluster),
  ]);
  return async (method, path, body) => {
    const token = path.startsWith("/v1/webhooks/") ? alertmanager : operator;
    const response = await fetch(`${worker.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      signal: AbortSignal.timeout(CALL_LIMIT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
}

async function requestJob(api: Api, { alert, cluster }: JobToRun): Promise<string> {
  if (alert === undefined) {
    const made = await api("POST", "/v1/jobs", { kind: "remediate", cluster });
    return z.object({ id: z.string() }).parse(made).id;
  }
  const taken = await api("POST", "/v1/webhooks/alertmanager", alert);
  return z.object({ jobs: z.tuple([z.string()]) }).parse(taken).jobs[0];
}

const JobShown = z.object({
  state: z.string(),
  outcome: z.string().nullable(),
  report: Report.nullable(),
});

type Ended = Pick<JobEnd, "outcome" | "report">;

async function endOf(api: Api, id: string, until: number): Promise<Ended> {
  for (;;) {
    const { state, outcome, report } = JobShown.parse(await api("GET", `/v1/jobs/${id}`));
    if (state === "finished" || state === "awaiting") return { outcome: outcome ?? state, report };
    if (performance.now() > until) throw new Error(`job ${id} is still ${state}`);
    await sleep(POLL_MS);
  }
}
