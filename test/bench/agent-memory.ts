// The agent's resident memory at a cluster with very many failing pods, under the manifest's flags:
// the real agent as a process of its own, the real Worker, the simulated site.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { QUICK_PULL } from "../support/quick-network.ts";
import { homeRules } from "../../sim/routeros/home-rules.ts";
import { arrange, storyNamed } from "../../sim/stories.ts";
import { startWholeSystem, type WholeSystem } from "../../sim/whole-system.ts";
import { agentPod, manifestsOf, textOf } from "../support/deploy-files.ts";
import { buildAgent } from "./agent-build.ts";
import { crowd, type Crowd } from "./crowd.ts";
import { forgetMost, residentOf } from "./resident.ts";

export type Measured = {
  readonly job: number;
  /** How the job ended; null if the agent died in it. */
  readonly outcome: string | null;
  readonly seconds: number;
  /** The most during the job, and what stays after it. */
  readonly mostMiB: number;
  readonly afterMiB: number;
};

type Asked = Crowd & {
  readonly jobs: number;
  /** `diagnose`: one look. `remediate`: rule, second look, evictions and watch as well. */
  readonly kind: "remediate" | "diagnose";
  /** Restarts a job; left out: the default. */
  readonly maxPods?: number;
};

const HOUR_MS = 3_600_000;
/** Shorter than the defaults, and long enough for a machine that has other work to do. */
const TIMES = {
  DNS_TIMEOUT_MS: "8000",
  TCP_TIMEOUT_MS: "8000",
  TLS_TIMEOUT_MS: "8000",
  HTTP_TIMEOUT_MS: "8000",
  SECOND_ROUND_MS: "200",
  WATCH_MS: "30000",
  WATCH_EVERY_MS: "1000",
};
/** Of these the manifest's values count: they decide how much memory Node and the C library take. */
const MEMORY_VARIABLES = /^(?:NODE_OPTIONS|MALLOC_.*)$/;

/** One job after another at one cluster. Ends where the agent dies. */
export async function measureJobs(
  asked: Asked,
  onJob: (measured: Measured) => void = () => {},
): Promise<readonly Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), "backon-bench-"));
  const system = await startCrowded(asked, folder);
  try {
    const agent = system.startAgent();
    let died = false;
    void agent.exited.then(() => (died = true));
    const all: Measured[] = [];
    for (let job = 1; job <= asked.jobs && !died; job++) {
      forgetMost(agent.pid);
      const startedAt = performance.now();
      const outcome = await outcomeOf(system, asked.kind, () => died);
      const seconds = (performance.now() - startedAt) / 1_000;
      const { nowMiB, mostMiB } = died ? GONE : residentOf(agent.pid);
      const measured = { job, outcome, seconds, mostMiB, afterMiB: nowMiB };
      all.push(measured);
      onJob(measured);
    }
    return all;
  } finally {
    await system.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const GONE = { nowMiB: Number.NaN, mostMiB: Number.NaN };

async function startCrowded(asked: Asked, folder: string): Promise<WholeSystem> {
  const story = storyNamed("ipv6-stall");
  if (story === undefined) throw new Error("there is no story ipv6-stall");
  const system = await startWholeSystem({
    worker: {
      port: 0,
      storage: join(folder, "worker"),
      tokenKey: "a-key-for-measuring-the-whole-system",
    },
    site: {
      pullLimits: QUICK_PULL,
      // Pods that are left alone stay as they are: each job finds the same crowd.
      kubelet: { backOffMs: HOUR_MS, maxBackOffMs: HOUR_MS },
      router: { rules: homeRules },
    },
    agent: {
      ...TIMES,
      ...memoryVariables(),
      ...(asked.maxPods === undefined ? {} : { MAX_PODS: String(asked.maxPods) }),
    },
    agentProgram: [...flagsOfNode(), ...(await buildAgent(folder))],
  });
  arrange(story, system.site);
  // Memory is what counts here: the restarted pods get their images whatever the machine's load is.
  system.site.cluster.setPull(() => Promise.resolve({ ok: true }));
  system.site.cluster.apply(...crowd(asked));
  return system;
}

function manifested(): ReturnType<typeof agentPod>["container"] {
  return agentPod(manifestsOf(textOf("agent/base/deployment.yaml"))).container;
}

function flagsOfNode(): readonly string[] {
  return (manifested().args ?? []).filter((word) => word.startsWith("--"));
}

function memoryVariables(): Record<string, string> {
  return Object.fromEntries(
    manifested().env.flatMap(({ name, value }) =>
      MEMORY_VARIABLES.test(name) && typeof value === "string" ? [[name, value] as const] : [],
    ),
  );
}

async function outcomeOf(
  system: WholeSystem,
  kind: Asked["kind"],
  died: () => boolean,
): Promise<string | null> {
  const { operator } = system.tokens;
  const asked = await system.call("POST", "/v1/jobs", operator, { kind });
  const { id } = asked.body as { id: string };
  while (!died()) {
    const { body } = await system.call("GET", `/v1/jobs/${id}`, operator);
    const { state, outcome } = body as { state: string; outcome: string | null };
    if (state === "finished" || state === "awaiting") return outcome ?? state;
    await pause(200);
  }
  return null;
}
