// A network of three namespaces, node ⇄ rtr ⇄ inet, with real packets, real faults and real pulls.
// Everything in it lives in mount, process and network namespaces of its own: several labs stand side
// by side, no packet leaves, and all of it is gone with its first process, whatever ends that.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Place } from "./addresses.ts";
import type { Pulled } from "./containerd.ts";
import { TOOL_PATH } from "./execute.ts";
import type { FaultName } from "./faults/closed-list.ts";
import { labFiles } from "./lab-files.ts";
import { labProcess, type LabProcess } from "./lab-process.ts";
import { ownNamespaces } from "./own-namespaces.ts";
import { asking, type Asking } from "./requests.ts";
import type { Served } from "./steering.ts";
import type { FromProcess, LabQuestion, ToProcess } from "./wire.ts";

export type Lab = {
  /** The CA of every registry in the lab. */
  readonly caPem: string;
  /** The same as a file. */
  readonly caFile: string;
  /** The lab's /etc/hosts: localhost, and router.lan at both of the router's addresses. */
  readonly hostsFile: string;
  /** Private, visible inside and outside, removed at the end. */
  readonly folder: string;
  /**
   * Starts a TypeScript file with Node in a place; killed with the lab. Its environment is PATH, HOME
   * and `env`, nothing of this process.
   */
  spawn(
    place: Place,
    file: string,
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): Promise<LabProcess>;
  /** Runs a command to its end (default: 10 s); its standard output. Rejects with all it said. */
  run(place: Place, command: readonly string[], timeoutMs?: number): Promise<string>;
  /** Brings a fault in, on top of those that are there; resolves when it is in force. */
  fault(name: FaultName): Promise<void>;
  /** Takes every fault back. */
  heal(): Promise<void>;
  /** A real pull by containerd from the node, two minutes at most. A failed pull is a value, a hang rejects. */
  pull(image: string): Promise<Pulled>;
  /** Every request that the lab's registries have served, oldest first. */
  served(): Promise<readonly Served[]>;
  /** Ends every process of the lab, and with them its namespaces and mounts; removes its folder. */
  close(): Promise<void>;
};

const BUILD_MS = 120_000;
/** Nothing takes that long but on a busy machine. */
const QUESTION_MS = 120_000;
/** More than the two minutes that a pull may take, and the start of containerd before the first. */
const PULL_MS = 150_000;
const CLOSE_MS = 10_000;

/** About half a second. Rejects with what the machine says if it can't hold a lab. */
export async function openLab(): Promise<Lab> {
  const prefix = await ownNamespaces();
  const folder = await mkdtemp(path.join(tmpdir(), "backon-lab-"));
  const inside = startInside(prefix, folder);
  const close = async (): Promise<void> => {
    await end(inside.child);
    await rm(folder, { recursive: true, force: true });
  };
  const ask = (question: LabQuestion, timeoutMs = QUESTION_MS): Promise<unknown> =>
    inside.questions.ask(question, timeoutMs);
  try {
    const caPem = (await ask({ ask: "ready" }, BUILD_MS)) as string;
    return { ...calls(inside, ask), caPem, folder, ...labFiles(folder), close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Inside = {
  readonly child: ChildProcess;
  readonly questions: Asking;
  readonly listeners: Map<number, (said: FromProcess) => void>;
};

function startInside(prefix: readonly string[], folder: string): Inside {
  const [command = "", ...args] = prefix;
  const program = fileURLToPath(new URL("./inside.ts", import.meta.url));
  const child = spawn(command, [...args, process.execPath, program, folder], {
    env: { PATH: TOOL_PATH },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-8_000)));
  const questions = asking((message) => child.send(message));
  const listeners = new Map<number, (from: FromProcess) => void>();
  child.on("message", (message: FromProcess) => {
    if (!questions.accept(message)) listeners.get(message.process)?.(message);
  });
  child.on("error", (error) => questions.fail(`the lab: ${error.message}`));
  child.once("exit", (code) => {
    for (const [id, hear] of listeners) hear({ process: id, exited: null });
    const fail = (): void => questions.fail(`the lab ended with ${code}: ${said}`);
    if (child.stderr?.closed === false) child.stderr.once("close", fail);
    else fail();
  });
  return { child, questions, listeners };
}

type Ask = (question: LabQuestion, timeoutMs?: number) => Promise<unknown>;

function calls(
  { child, listeners }: Inside,
  ask: Ask,
): Omit<Lab, "caPem" | "caFile" | "hostsFile" | "folder" | "close"> {
  let last = 0;
  return {
    spawn: async (place, file, args, env = {}) => {
      const id = ++last;
      const { process, hear } = labProcess(`${file} in ${place}`, {
        send: (message) => void child.send({ process: id, message } satisfies ToProcess),
        stop: async () => void (await ask({ ask: "stop", process: id })),
      });
      listeners.set(id, hear);
      await ask({ ask: "start", start: { process: id, place, file, args, env } });
      return process;
    },
    run: async (place, command, timeoutMs = 10_000) =>
      (await ask({ ask: "run", place, command, timeoutMs }, timeoutMs + QUESTION_MS)) as string,
    fault: async (name) => void (await ask({ ask: "fault", name })),
    heal: async () => void (await ask({ ask: "heal" })),
    pull: async (image) => (await ask({ ask: "pull", image }, PULL_MS)) as Pulled,
    served: async () => (await ask({ ask: "served" })) as readonly Served[],
  };
}

/** The kernel ends a process namespace with its first process, and lets go of that one last. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  // After our own disconnect() Node gives no "close", only "exit".
  const exited = once(child, "exit");
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill("SIGKILL"), CLOSE_MS);
  await exited;
  clearTimeout(timer);
}
