// The clock of a process that may be told to stop at any time.
import type { Clock } from "../ports/clock.ts";

/** Thrown by a pause when the process is told to stop: the job is handed back. */
class Stopping extends Error {}

/** This machine's time; a pause rejects once `stopped` aborts. */
export function stoppableClock(stopped: AbortSignal): Clock {
  return {
    now: Date.now,
    sleep: (ms) =>
      new Promise((resolve, reject) => {
        const stop = (): void => {
          clearTimeout(timer);
          reject(new Stopping("told to stop"));
        };
        const timer = setTimeout(() => {
          stopped.removeEventListener("abort", stop);
          resolve();
        }, ms);
        if (stopped.aborted) stop();
        else stopped.addEventListener("abort", stop, { once: true });
      }),
  };
}
