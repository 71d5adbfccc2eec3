/** Timers that end with the world: none keeps the process alive, and `clear` forgets them all. */
export type Timers = {
  /** Runs `what` once after `ms`; the answer cancels it. After `clear` nothing is started. */
  after(ms: number, what: () => void): () => void;
  clear(): void;
};

export function createTimers(): Timers {
  const running = new Set<NodeJS.Timeout>();
  let cleared = false;
  return {
    after(ms, what) {
      if (cleared) return () => undefined;
      const timer = setTimeout(() => {
        running.delete(timer);
        what();
      }, ms);
      timer.unref();
      running.add(timer);
      return () => {
        clearTimeout(timer);
        running.delete(timer);
      };
    },
    clear() {
      cleared = true;
      for (const timer of running) clearTimeout(timer);
      running.clear();
    },
  };
}
