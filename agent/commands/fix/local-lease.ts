// The right to write, without a Worker: as long as nobody pressed Ctrl-C, and once it is on disk.
import { errorText } from "../../basics/error-text.ts";
import type { Lease } from "../../ports/lease.ts";
import type { LocalJob } from "./local-job.ts";

/** `now`: this machine's clock, ms, where the API server's is not known. */
export function localLease(job: LocalJob, stopped: AbortSignal, now: () => number): Lease {
  return {
    cancelled: () => stopped.aborted,
    stillHeld: () => !stopped.aborted,
    stage: () => {},
    waits: () => {},
    async mayWrite({ on, adds = false, at }) {
      const no = (message: string) =>
        ({ ok: false, error: { next: "retry", uncertain: false, message } }) as const;
      if (stopped.aborted) return no("stopped by a person");
      try {
        job.announce({ adds, at: on === "cluster" ? (at ?? now()) : null });
      } catch (cause) {
        return no(`it could not be remembered: ${errorText(cause)}`);
      }
      return { ok: true, value: true };
    },
  };
}
