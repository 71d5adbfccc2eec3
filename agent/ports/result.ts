// An expected outcome as a value.
import type { Action } from "../../src/protocol/report.ts";

/**
 * An expected failure as a value. `next` is the next move: `retry` it later, or `give-up` because only a
 * person can mend it (credentials, rights, a version). `uncertain`: a write may or may not have happened.
 */
export type Failure = {
  readonly next: "retry" | "give-up";
  readonly uncertain: boolean;
  /** What was tried, on what, what happened. Never a secret. */
  readonly message: string;
  /** What a person can do about it, as a clause; part of the message too. */
  readonly advice?: string;
  /** Writes that were made before it failed. */
  readonly actions?: readonly Action[];
  /** Nobody answered, and nothing was sent. */
  readonly unreachable?: boolean;
};

/** A value, or why there is none: a failure, or for a stage what stops the job. */
export type Result<T, E = Failure> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };
