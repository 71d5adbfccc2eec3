// The right to write, as the Worker granted it.
import type { Stage } from "../../src/protocol/report.ts";
import type { Result } from "./result.ts";

/** The right to write, as the Worker granted it. */
export interface Lease {
  /** A person asked this job to stop. */
  cancelled(): boolean;
  /** Nobody cancelled, and enough of the lease is left for a write. Asks nobody. */
  stillHeld(): boolean;
  /** Tells the Worker which stage runs; failures are not in the way. */
  stage(stage: Stage): void;
  /** Tells the Worker what is waited for, for whoever looks on; `forMs` null: nobody knows how long. */
  waits(what: string, forMs: number | null): void;
  /**
   * Records the intent with the Worker. True only if it answered and enough lease is left,
   * counted on this process's own clock from sending the last renewal.
   */
  mayWrite(write: Write): Promise<Result<true>>;
}

/** A write that is about to be made. */
type Write = {
  readonly on: "router" | "cluster";
  readonly what: string;
  /** It adds our rule, or an entry of it, where there was none: left out, it does not. */
  readonly adds?: true;
  /** For `cluster`: the API server's clock, ms since the epoch; left out where it is not known. */
  readonly at?: number;
};
