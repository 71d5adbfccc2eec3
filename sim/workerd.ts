// workerd as a process of its own, which ends with this one, however this one ends.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

export type Workerd = { readonly port: number; readonly pid: number; stop(): Promise<void> };

/**
 * A shell that starts workerd and ends it when its own input ends: that is so when whoever started it is
 * gone, also by SIGKILL. SIGKILL for workerd too: told to end otherwise it waits for open sockets, and what it
 * has answered is on disk. The second `wait` is for the first one that the trap cut short.
 */
const KEEPER = `
exec 4<&0
"$@" </dev/null 4<&- &
child=$!
echo "$child" >&3
trap 'kill -9 "$child"' TERM
{ cat <&4 >/dev/null; kill -9 "$child"; } 2>/dev/null 3>&- &
wait "$child"
wait "$child"`;

/** Resolves once it listens; rejects with what workerd says, such as that the port is taken. */
export async function startWorkerd(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Workerd> {
  const child = spawn("sh", ["-c", KEEPER, "sh", ...command], {
    env: { PATH: process.env["PATH"] ?? "", ...env },
    // A group of its own: Ctrl-C is for whoever started it, which then ends it.
    detached: true,
    stdio: ["pipe", "ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit");
  const [, , stderr, control] = child.stdio;
  const said: string[] = [];
  createInterface({ input: stderr as Readable }).on("line", (line) => {
    said.push(line);
    if (said.length > 20) said.shift();
  });
  const [pid, port] = await Promise.race([
    told(control as Readable),
    exited.then(() => Promise.reject(new Error(`workerd ended: ${said.join(" ")}`))),
  ]);
  return { pid, port, stop: () => stop(child, exited) };
}

async function stop(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
  await exited;
  child.stdin?.destroy();
}

/** The process's id and its port: the shell tells the one, workerd the other, as a line of JSON. */
async function told(control: Readable): Promise<[number, number]> {
  let pid = 0;
  for await (const line of createInterface({ input: control })) {
    const said = JSON.parse(line) as number | { event: string; port: number };
    if (typeof said === "number") pid = said;
    else if (said.event === "listen") return [pid, said.port];
  }
  // Its end is told by `exited`.
  return new Promise<never>(() => {});
}
