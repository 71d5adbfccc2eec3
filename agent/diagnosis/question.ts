// What is asked of one failing host: its readings, and all else that decides about it.
import type { Round } from "../../src/protocol/round.ts";
import type { Policy } from "../ports/policy.ts";
import type { RuleOnRouter } from "../ports/router.ts";

export type Question = {
  readonly host: string;
  /** The registry of the images that need this host; pull quota is measured for Docker Hub's. */
  readonly registry: string;
  /** The other hosts that a pull from this registry needs, as far as they are known and probed. */
  readonly siblings: readonly string[];
  readonly round: Round;
  /** Rounds before this one, oldest first. */
  readonly earlier: readonly Round[];
  /** Rules found on the router, ours and a person's. */
  readonly rules: readonly RuleOnRouter[];
  readonly policy: Policy;
  /** The proxy through which clients go to this host; null if they go directly. */
  readonly proxy: string | null;
  /** Null where no pod fails at all (a person asked): then row 12 says nothing. */
  readonly failsOnThisNode: boolean | null;
  /** A pod's last message was a 429 of this host. */
  readonly toldRateLimited: boolean;
};
