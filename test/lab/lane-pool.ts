// Several labs side by side, handed out one user at a time, first come first served.
import { openLane, type Lane } from "./lane.ts";

export type LanePool = {
  /** Waits for a free lane, and frees it when the work is over. */
  use<T>(work: (lane: Lane) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

/** Lanes are opened at once, and used as soon as each is ready. */
export function openLanes(count: number, clusters: readonly string[]): LanePool {
  const lanes = Array.from({ length: count }, () => openLane(clusters));
  const free: Promise<Lane>[] = [...lanes];
  const waiting: ((lane: Promise<Lane>) => void)[] = [];
  const take = (): Promise<Lane> =>
    free.shift() ?? new Promise((resolve) => waiting.push((lane) => resolve(lane)));
  const give = (lane: Promise<Lane>): void => {
    const next = waiting.shift();
    if (next === undefined) free.push(lane);
    else next(lane);
  };
  return {
    use: async (work) => {
      const lane = take();
      try {
        return await work(await lane);
      } finally {
        give(lane); // One that could not be opened fails its next user too, and keeps nobody waiting.
      }
    },
    close: async () => {
      const opened = await Promise.allSettled(lanes);
      await Promise.all(
        opened.flatMap((one) => (one.status === "fulfilled" ? [one.value.close()] : [])),
      );
    },
  };
}
