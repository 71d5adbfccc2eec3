// A command line as this very process: its signals, its streams, its exit code.
import { END_MS } from "../loop/ending.ts";
import { directDialer } from "../probe/dialer.ts";
import { askAtTerminal } from "./ask.ts";
import { screenOf } from "../settings/screen.ts";
import type { Process } from "./command-line.ts";

/** Runs to its end and sets the exit code. A second Ctrl-C, or a hang, ends the process at once. */
export function runAsProcess(main: (process: Process) => Promise<number>): void {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => {
      stop.abort();
      // A router, the Worker or DNS may never answer; a pool's idle connections are no reason either.
      setTimeout(() => process.exit(1), END_MS).unref();
    });
  // Who reads us may stop reading (`| head`): then nobody is left to be told.
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      process.exit(0);
    });
  // No top-level await: the bundle is CommonJS.
  void main({
    argv: process.argv.slice(2),
    env: process.env,
    dialer: directDialer(),
    stopped: stop.signal,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    input: process.stdin,
    screen: screenOf(process.env, process.stdout),
    ...(process.stdin.isTTY ? { ask: askAtTerminal(stop.signal) } : {}),
  }).then((code) => (process.exitCode = code));
}
