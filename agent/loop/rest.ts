// The loop's rest between two polls: the doorbell, or the order to stop, cuts it short.

export type Rest = {
  /** Ends the rest under way; with none, the next one. */
  readonly ring: () => void;
  readonly rest: (ms: number) => Promise<void>;
};

/** While it stops, the agent still waits a little between tries, and not for minutes. */
const WHILE_STOPPING_MS = 500;

export function openRest(stopped: AbortSignal): Rest {
  let rang = false;
  let wake: (() => void) | null = null;
  const ring = (): void => {
    rang = true;
    wake?.();
  };
  stopped.addEventListener("abort", ring);
  return {
    ring,
    async rest(ms) {
      if (!rang)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, stopped.aborted ? Math.min(ms, WHILE_STOPPING_MS) : ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      wake = null;
      rang = false;
    },
  };
}

/** The time to the next poll, ms: a quarter more or less, so that agents do not poll in step. */
export function jitteredPollMs(everyMs: number, random: number): number {
  return everyMs * (0.75 + random / 2);
}
