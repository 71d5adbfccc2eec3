// The real agent as a process on the lab's node.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const STOP_LIMIT_MS = 10_000;

export type AgentInNode = {
  /** The last lines it wrote. */
  readonly log: readonly string[];
  /** From its spawn until it said that it runs. */
  readonly upMs: () => number | null;
  stop(): Promise<void>;
  /** SIGKILL: nothing is handed back, nothing is cleaned up. */
  kill(): Promise<void>;
};

/** As on any machine: no way out but this namespace's own. */
export function startAgent(env: Record<string, string>): AgentInNode {
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
  return {
    log,
    upMs: () => upMs,
    stop: () => end(child, exited),
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

async function end(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
  await exited;
  clearTimeout(timer);
}
