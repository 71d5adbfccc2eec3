import { uptime } from "node:os";

/**
 * Milliseconds since this machine started, also those for which it slept. It never jumps; steps of 10 ms.
 * The process's own clock stands still while a laptop sleeps, and the Worker's lease does not.
 */
export function bootMs(): number {
  return uptime() * 1_000;
}
