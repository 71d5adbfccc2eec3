// How a process that was told to stop ends, whatever hangs: a router, the Worker or DNS that never answers.
import { setTimeout as pause } from "node:timers/promises";

/** After so long a job that does not end is handed back as it is, ms. */
const HAND_BACK_MS = 4_000;
/** After so long the process ends, whatever is still open, ms. */
export const END_MS = 8_000;

/** Resolves when the signal is aborted. */
export function abortOf(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Aborted four seconds after the process was told to stop. */
export function endingAfter(stopped: AbortSignal): AbortSignal {
  const ending = new AbortController();
  void abortOf(stopped).then(async () => {
    await pause(HAND_BACK_MS, null, { ref: false });
    ending.abort();
  });
  return ending.signal;
}

/** At most one call in `gapMs`, however fast answers come or the doorbell rings; the stop waits for none. */
export function spaced<In, Out>(
  call: (given: In) => Promise<Out>,
  gapMs: number,
  stopped: AbortSignal,
): (given: In) => Promise<Out> {
  let nextAt = 0;
  return async (given) => {
    const waitMs = nextAt - performance.now();
    if (waitMs > 0) await pause(waitMs, null, { signal: stopped }).catch(() => null);
    nextAt = performance.now() + gapMs;
    return call(given);
  };
}
