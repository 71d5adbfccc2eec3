// All that a job needs of the outside, in the core's own words. The adapters do not know each other.
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import type { RuleState } from "../../src/protocol/report.ts";
import type { Journal } from "./journal.ts";
import type { Network } from "./network.ts";
import type { Router } from "./router.ts";
import type { Lease } from "./lease.ts";
import type { Clock } from "./clock.ts";
import type { Policy } from "./policy.ts";
import type { Cluster } from "./cluster.ts";

/** Restarts of the last hours, so that one owner is not restarted again and again. */
export interface RestartMemory {
  lastRestart(ownerUid: string, registry: string): number | null;
  remember(ownerUid: string, registry: string, at: number): void;
}

export type World = {
  readonly cluster: Cluster;
  readonly network: Network;
  /** Null where no router is configured: then the agent observes. */
  readonly router: Router | null;
  readonly lease: Lease;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly policy: Policy;
  readonly memory: RestartMemory;
  readonly agentVersion: string;
  /** Our rule as the last report saw it; decides whether somebody else removed it. */
  readonly lastRule: RuleState | null;
  /** One line for the log; `facts` hold no secret. */
  log(message: string, facts: Readonly<Record<string, unknown>>): void;
};

/** One job and what it may use: what each stage is given. */
export type Work = { readonly job: ClaimedJob; readonly world: World };
