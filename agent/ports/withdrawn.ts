// What a withdrawal did to what is ours on the router.
import type { Action } from "../../src/protocol/report.ts";

export type Withdrawn = {
  readonly removed: number;
  /** Other clusters that use what is ours, or did. */
  readonly usedBy?: readonly string[];
  /** It was not removed, because they do. */
  readonly stays?: boolean;
  /** What bears our mark and is not as we write it, in words: left to a person. */
  readonly leftAlone?: readonly string[];
  readonly actions: readonly Action[];
};
