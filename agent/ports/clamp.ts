// The MSS clamp on the router, as the core needs it; agent/router is the adapter.
import type { ClampFields } from "../../src/protocol/clamp.ts";
import type { Action } from "../../src/protocol/report.ts";
import type { Family } from "../../src/protocol/round.ts";
import type { Result } from "./result.ts";
import type { Withdrawn } from "./withdrawn.ts";

/** A clamp of ours that stands. */
export type ClampOnRouter = {
  readonly family: Family;
  /** `clamp-to-pmtu` or a number. */
  readonly mss: string;
  readonly disabled: boolean;
  /** Packets it has matched; a decimal string. */
  readonly packets: string;
};

type ClampView = {
  readonly ours: readonly ClampOnRouter[];
  /** What bears our mark and is not as we write it, in words: a person's, and only named. */
  readonly leftAlone?: readonly string[];
};

export type Clamp = { readonly family: Family; readonly rule: ClampFields };

export type ClampsEnsured = {
  /** True if this call wrote one. */
  readonly added: boolean;
  readonly ours: readonly ClampOnRouter[];
  readonly actions: readonly Action[];
};

export interface Clamper {
  look(): Promise<Result<ClampView>>;
  /**
   * In each of these families ours exists once, first, with this number; what a person disabled stays
   * as it is. Looks before it acts, and asks `stillAllowed` right before each write.
   */
  ensure(wanted: readonly Clamp[], stillAllowed: () => boolean): Promise<Result<ClampsEnsured>>;
  /** Removes ours in both families, and nothing else. Reads back; `scope` as for the rule. */
  withdraw(scope?: "all"): Promise<Result<Withdrawn>>;
}
