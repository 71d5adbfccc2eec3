// Timed entries are given their lifetime again while they are needed. If this process dies, or IPv4
// does, nobody does that, and the router forgets them by itself.
import { setTimeout as pause } from "node:timers/promises";
import type { Network, Router } from "./world.ts";

export type KeepEntries = {
  readonly router: Router;
  readonly network: Pick<Network, "answersOverIpv4">;
  /** The hosts whose clients the entries send to IPv4. */
  readonly hosts: readonly string[];
  readonly log: (message: string, facts: Readonly<Record<string, unknown>>) => void;
};

/**
 * Turn after turn until stopped, the first at once: an agent that was away may find entries with a
 * minute left. What fails is logged, and tried again in the next turn; never rejects.
 */
export async function keepRefreshing(
  options: KeepEntries,
  everyMs: number,
  stopped: AbortSignal,
): Promise<void> {
  while (!stopped.aborted) {
    try {
      await keepEntries(options);
    } catch (cause) {
      // The stop cuts a pause of the router's short; then the rest of the turn is not wanted.
      if (stopped.aborted) return;
      const error = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
      options.log("entries not refreshed", { error });
    }
    await pause(everyMs, null, { signal: stopped }).catch(() => null); // Only the stop rejects.
  }
}

/** One turn; never rejects for what can be expected. Adds nothing: only a job with a verdict may. */
export async function keepEntries({ router, network, hosts, log }: KeepEntries): Promise<void> {
  if (router.refresh === null) return;
  if (!(await network.answersOverIpv4(hosts)))
    return log("entries not refreshed", { why: "IPv4 does not answer", hosts });
  const refreshed = await router.refresh();
  if (!refreshed.ok) log("entries not refreshed", { error: refreshed.error.message });
  else if (refreshed.value > 0) log("entries refreshed", { entries: refreshed.value });
}
