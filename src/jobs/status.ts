// A cluster at a glance: the agent, our rule, the open jobs, the hold.
import * as z from "zod/mini";
import type { ClaimRequest, Healing } from "../protocol/calls.ts";
import type { RuleState } from "../protocol/report.ts";
import type { Hold } from "./admit.ts";
import { jobView, type JobView } from "./job-view.ts";
import type { Ledger } from "./ledger.ts";
import type { Store } from "./store.ts";

const Agent = z.object({
  id: z.string(),
  version: z.string(),
  node: z.nullable(z.string()),
  protocol: z.number(),
  at: z.number(),
});

export type ClusterStatus = {
  agent: {
    id: string;
    version: string;
    node: string | null;
    protocol: number;
    lastSeen: string;
    doorbell: boolean;
  } | null;
  rule: RuleState | null;
  /** While a rule stands that is to go when the path has healed. `kept`: it stays all the same. */
  healing: (Healing & { kept: boolean }) | null;
  open: JobView[];
  hold: Hold | null;
  counts: { open: number; finished: number };
};

/** A poll that says nothing new is written at most once a minute: rows cost. */
const SEEN_EVERY_MS = 60_000;

export function seenAgent(store: Store, claim: ClaimRequest, now: number): void {
  const seen = {
    id: claim.agent,
    version: claim.version,
    node: claim.node,
    protocol: claim.protocol,
    at: now,
  };
  const before = z.nullable(Agent).parse(store.fact("agent"));
  const same = before !== null && JSON.stringify({ ...before, at: now }) === JSON.stringify(seen);
  if (!same || now - before.at >= SEEN_EVERY_MS) store.setFact("agent", seen);
}

/** `pingedAt`: when a connected doorbell last answered, ms; 0 if not yet; null if none hangs. */
export function clusterStatus(
  store: Store,
  ledger: Ledger,
  pingedAt: number | null,
): ClusterStatus {
  const agent = z.nullable(Agent).parse(store.fact("agent"));
  return {
    agent:
      agent === null
        ? null
        : {
            id: agent.id,
            version: agent.version,
            node: agent.node,
            protocol: agent.protocol,
            lastSeen: new Date(Math.max(agent.at, pingedAt ?? 0)).toISOString(),
            doorbell: pingedAt !== null,
          },
    rule: ledger.ruleBook.rule(),
    healing: ledger.ruleBook.healing(),
    open: store.openJobs().map(jobView),
    hold: ledger.hold(),
    counts: store.counts(),
  };
}
