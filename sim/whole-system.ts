// Everything at once on this machine: the simulated site, the real Worker in workerd with its
// storage on disk, and the real agent as a process of its own.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startLocalWorker, type LocalWorker, type LocalWorkerOptions } from "./local-worker.ts";
import { startSite, type Site, type SiteOptions } from "./site.ts";
import { makeToken, type Role } from "./tokens.ts";

/** The agent as it is shipped, in a process that is at the site: what Node is given. */
const AGENT: readonly string[] = [
  "--import",
  new URL("./at-the-site.ts", import.meta.url).href,
  fileURLToPath(new URL("../agent/main.ts", import.meta.url)),
];

export type AgentLine = Readonly<Record<string, unknown>> & { readonly msg?: string };

type AgentProcess = {
  readonly pid: number;
  /** SIGKILL: nothing is handed back. */
  kill(): Promise<void>;
  /** SIGTERM, as Kubernetes ends a pod. */
  stop(): Promise<void>;
  readonly exited: Promise<number | null>;
};

type Tokens = Readonly<Record<Role, string>>;

type Answer = { readonly status: number; readonly body: unknown };

export type WholeSystem = {
  readonly site: Site;
  readonly worker: LocalWorker;
  readonly tokens: Tokens;
  startAgent(onLine?: (line: AgentLine) => void): AgentProcess;
  /** One of the agent's other commands, to its end; the exit code. */
  command(...words: string[]): Promise<number | null>;
  /** Calls the Worker's API; JSON in, JSON out. */
  call(method: string, path: string, token: string, body?: unknown): Promise<Answer>;
  close(): Promise<void>;
};

export type WholeSystemOptions = {
  readonly worker: Omit<LocalWorkerOptions, "clusters">;
  readonly site?: SiteOptions;
  /** The agent's variables that differ from its defaults. */
  readonly agent?: Readonly<Record<string, string>>;
  /** Another build of the agent's program. */
  readonly agentProgram?: readonly string[];
};

export async function startWholeSystem(options: WholeSystemOptions): Promise<WholeSystem> {
  const [site, worker] = await Promise.all([
    startSite(options.site),
    startLocalWorker({ ...options.worker, clusters: "home" }),
  ]);
  const tokens: Tokens = {
    operator: makeToken(worker.tokenKey, "operator", "*"),
    agent: makeToken(worker.tokenKey, "agent", "home"),
    alertmanager: makeToken(worker.tokenKey, "alertmanager", "home"),
  };
  const agents = new Set<AgentProcess>();
  const environment = {
    PATH: process.env["PATH"] ?? "",
    MODE: "auto",
    WORKER_URL: worker.url,
    WORKER_TOKEN: tokens.agent,
    ...site.agentEnvironment,
    ...options.agent,
  };
  const program = { program: options.agentProgram ?? AGENT, env: environment };
  return {
    site,
    worker,
    tokens,
    startAgent(onLine = () => {}) {
      const agent = spawnAgent(program, ["run"], onLine);
      agents.add(agent);
      void agent.exited.then(() => agents.delete(agent));
      return agent;
    },
    command: (...words) => spawnAgent(program, words, () => {}).exited,
    async call(method, path, token, body) {
      const response = await fetch(`${worker.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(body === undefined
          ? {}
          : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === "" ? null : JSON.parse(text) };
    },
    async close() {
      await Promise.all(Array.from(agents, (agent) => agent.stop()));
      await worker.stop();
      await site.close();
    },
  };
}

function spawnAgent(
  { program, env }: { readonly program: readonly string[]; readonly env: Record<string, string> },
  words: readonly string[],
  onLine: (line: AgentLine) => void,
): AgentProcess {
  const child = spawn(process.execPath, [...program, ...words], {
    env,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const exited = once(child, "exit").then(([code]) => (typeof code === "number" ? code : null));
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on("line", (text) => onLine(lineOf(text)));
  return {
    pid: child.pid ?? 0,
    exited,
    kill: () => end(child, "SIGKILL", exited),
    stop: () => end(child, "SIGTERM", exited),
  };
}

async function end(
  child: ChildProcess,
  signal: "SIGKILL" | "SIGTERM",
  exited: Promise<unknown>,
): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  await exited;
}

function lineOf(text: string): AgentLine {
  try {
    return JSON.parse(text) as AgentLine;
  } catch {
    // Not from the log: a crash of the process itself. It must be seen, not lost.
    return { msg: "agent says", error: text };
  }
}
