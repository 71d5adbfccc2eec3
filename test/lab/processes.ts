// The long-running Node processes inside the lab: started in a place, killed with the lab.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { inPlace, TOOL_PATH } from "./execute.ts";
import type { FromProcess, Start } from "./wire.ts";

export type Processes = {
  /** Resolves when it runs. What it says goes to `tell`, its end last. */
  start(start: Start): Promise<void>;
  send(process: number, message: unknown): void;
  /** SIGTERM, and SIGKILL if that does not end it in time. */
  stop(process: number): Promise<void>;
};

const STOP_MS = 5_000;

export function processes(home: string, tell: (said: FromProcess) => void): Processes {
  const running = new Map<number, ChildProcess>();
  return {
    start: async ({ process: id, place, file, args, env }) => {
      const [ip = "ip", ...rest] = inPlace(place, [process.execPath, file, ...args]);
      const child = spawn(ip, rest, {
        env: { PATH: TOOL_PATH, HOME: home, ...env },
        stdio: ["ignore", "pipe", "pipe", "ipc"],
      });
      running.set(id, child);
      child.on("message", (message) => tell({ process: id, message }));
      child.on("error", ({ message: line }) => tell({ process: id, line, stream: "stderr" }));
      const readers = (["stdout", "stderr"] as const).map((stream) =>
        tellLines(child[stream], (line) => tell({ process: id, line, stream })),
      );
      // "close" comes after the last line and the last message.
      child.once("close", (code) => {
        running.delete(id);
        void Promise.all(readers).then(() => tell({ process: id, exited: code }));
      });
      await once(child, "spawn");
    },
    send: (id, message) => {
      const child = running.get(id);
      if (child?.connected === true) child.send(message as object);
    },
    stop: async (id) => {
      const child = running.get(id);
      if (child === undefined) return;
      const closed = once(child, "close");
      child.kill("SIGTERM");
      const late = new AbortController();
      const kill = sleep(STOP_MS, null, { signal: late.signal }).then(
        () => child.kill("SIGKILL"),
        () => false, // It ended in time.
      );
      await closed;
      late.abort();
      await kill;
    },
  };
}

async function tellLines(stream: Readable | null, tell: (line: string) => void): Promise<void> {
  if (stream === null) return;
  for await (const line of createInterface({ input: stream })) tell(line);
}
