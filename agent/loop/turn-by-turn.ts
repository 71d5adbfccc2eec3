// Something small that is done again and again beside the jobs, until the agent stops.
import { setTimeout as pause } from "node:timers/promises";
import { errorTrace } from "../basics/error-text.ts";

/** The first turn at once. What is thrown goes to `failed`, and the next turn comes all the same. */
export async function turnByTurn(
  turn: () => Promise<void>,
  everyMs: number,
  { stopped, failed }: { readonly stopped: AbortSignal; readonly failed: (error: string) => void },
): Promise<void> {
  while (!stopped.aborted) {
    try {
      await turn();
    } catch (cause) {
      // The stop cuts a pause of the router's short; then the rest of the turn is not wanted.
      if (stopped.aborted) return;
      failed(errorTrace(cause));
    }
    await pause(everyMs, null, { signal: stopped }).catch(() => null); // Only the stop rejects.
  }
}
