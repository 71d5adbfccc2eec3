// One lab with a router and a node in it, in which faults are tried one after the other.
import { openLab, type Lab } from "./open-lab.ts";
import type { LabProcess } from "./lab-process.ts";
import type { NodeQuestion } from "./node-process.ts";
import type { RouterAccess, RouterQuestion } from "./router-process.ts";
import type { JobEnd, JobToRun } from "./site-in-node.ts";

export type Lane = {
  readonly lab: Lab;
  router<T>(question: RouterQuestion): Promise<T>;
  /** One job by the real agent, from its request to its end. */
  run(job: JobToRun): Promise<JobEnd>;
  /** Right before the first eviction of a job that `holdsFirstEviction` is carried out; if one comes. */
  atFirstEviction(happens: () => Promise<void>, pullsAgain?: string): Promise<void>;
  /** Ends an agent that stayed after its job. */
  leave(how: "stop" | "kill"): Promise<void>;
  close(): Promise<void>;
};

const JOB_MS = 300_000;
/** A Worker is up in seconds; beside other work it takes longer. */
const START_MS = 120_000;

/** `clusters`: every name that a job will be run for; the Worker knows no other. */
export async function openLane(
  clusters: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Lane> {
  const lab = await openLab();
  try {
    const router = await lab.spawn("rtr", "test/lab/router-process.ts", []);
    const access = (await ask(router, { ask: "ready" })) as RouterAccess;
    const node = await lab.spawn("node", "test/lab/node-process.ts", []);
    const { folder, caPem } = lab;
    const start = { ask: "start", folder, clusters, caPem, router: access, variables } as const;
    await ask(node, start, START_MS);
    return {
      lab,
      router: async <T>(question: RouterQuestion) => (await ask(router, question)) as T,
      run: async (job) => (await ask(node, { ask: "run-job", ...job }, JOB_MS)) as JobEnd,
      atFirstEviction: async (happens, pullsAgain) => {
        if ((await ask(node, { ask: "first-eviction" }, JOB_MS)) !== true) return;
        await happens();
        const carryOut = { ask: "carry-out-first-eviction" } as const;
        await ask(node, pullsAgain === undefined ? carryOut : { ...carryOut, pullsAgain });
      },
      leave: async (how) => void (await ask(node, { ask: "leave", how })),
      close: async () => {
        await ask(node, { ask: "stop" });
        await lab.close();
      },
    };
  } catch (error) {
    await lab.close();
    throw error;
  }
}

function ask(
  process: LabProcess,
  question: NodeQuestion | RouterQuestion,
  timeoutMs?: number,
): Promise<unknown> {
  return process.request(question, timeoutMs);
}
