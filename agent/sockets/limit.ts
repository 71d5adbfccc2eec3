// One stage of a probe under its own limit and under the end of the round it belongs to.

/** How a stage ended. `cut`: the round was over first, so nothing is known about the stage. */
export type Ended<T> =
  | { readonly kind: "done"; readonly value: T; readonly ms: number }
  | { readonly kind: "failed"; readonly error: unknown; readonly ms: number }
  | { readonly kind: "timeout"; readonly ms: number }
  | { readonly kind: "cut"; readonly ms: number };

/**
 * Runs `work` for at most `limitMs` milliseconds and never beyond `roundEnd`, if there is one. `work` must reject,
 * and let go of what it opened, when its signal aborts. Never rejects; `ms` is rounded to 0.1.
 */
export async function limited<T>(
  limitMs: number,
  roundEnd: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<Ended<T>> {
  if (roundEnd?.aborted === true) return { kind: "cut", ms: 0 };
  const startedAt = performance.now();
  const stop = new AbortController();
  const cut = (): void => stop.abort("cut");
  const timer = setTimeout(() => stop.abort("timeout"), limitMs);
  roundEnd?.addEventListener("abort", cut, { once: true });
  try {
    // The limit holds even for work that does not hear of it.
    const value = await Promise.race([work(stop.signal), rejectedBy(stop.signal)]);
    return { kind: "done", value, ms: since(startedAt) };
  } catch (error) {
    const ms = since(startedAt);
    if (!stop.signal.aborted) return { kind: "failed", error, ms };
    return { kind: stop.signal.reason === "cut" ? "cut" : "timeout", ms };
  } finally {
    clearTimeout(timer);
    roundEnd?.removeEventListener("abort", cut);
  }
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error("given up")), { once: true });
  });
}

/** Waits `ms` milliseconds, or until the signal aborts; resolves in both cases. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (ms <= 0 || signal?.aborted === true) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done, { once: true });
  });
}

/** Milliseconds since `startedAt` (of performance.now), rounded to 0.1. */
export function since(startedAt: number): number {
  return Math.round((performance.now() - startedAt) * 10) / 10;
}
