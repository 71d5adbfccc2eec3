// An expected outcome as a value.
import type { Action } from "../../src/protocol/report.ts";

/**
 * An expected failure as a value. `next` is the next move: `retry` it later, `wait` for a person
 * (credentials, rights), or `give-up`. `uncertain`: a write may or may not have happened.
 */
export type Failure = {
  readonly next: "retry" | "wait" | "give-up";
  readonly uncertain: boolean;
  /** What was tried, on what, what happened. Never a secret. */
  readonly message: string;
  /** Writes that were made before it failed. */
  readonly actions?: readonly Action[];
};

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: Failure };
