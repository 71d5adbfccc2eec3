// One request at a time for a user; the others wait. A request that reaches the router's limit is
// ended with `Session closed`, and so are those that queued behind it.
import { setTimeout as sleep } from "node:timers/promises";
import { refusal } from "./errors.ts";

export type Turns = {
  /** Does `work` after `takesMs`, when its turn has come; also if the caller has hung up. */
  run<T>(takesMs: number, work: () => Promise<T>): Promise<T | typeof sessionClosed>;
  /** Requests that came while another one was at work. */
  readonly overlaps: number;
};

const sessionClosed = refusal(400, "Session closed");

export function createTurns(limitMs: number): Turns {
  const waiting = new Set<{ closed: boolean }>();
  let tail: Promise<unknown> = Promise.resolve();
  let busy = 0;
  let overlaps = 0;
  return {
    get overlaps() {
      return overlaps;
    },
    run(takesMs, work) {
      const ticket = { closed: false };
      waiting.add(ticket);
      if (busy > 0) overlaps += 1;
      busy += 1;
      const turn = tail.then(async () => {
        waiting.delete(ticket);
        if (ticket.closed) return sessionClosed;
        if (takesMs > 0) await sleep(Math.min(takesMs, limitMs), undefined, { ref: false });
        if (takesMs <= limitMs) return work();
        for (const other of waiting) other.closed = true;
        return sessionClosed;
      });
      tail = turn.finally(() => (busy -= 1)).catch(() => undefined);
      return turn;
    },
  };
}
