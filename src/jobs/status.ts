// A cluster at a glance: the agent, our rule, the open jobs, the hold.
import * as z from "zod/mini";
import type { ClaimRequest, Healing } from "../protocol/calls.ts";
import type { Job } from "../protocol/job.ts";
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

const Verdict = z.nullable(z.object({ name: z.string(), job: z.string(), at: z.number() }));
type Verdict = z.infer<typeof Verdict>;

/** A recheck's word on the path is in `healing`; an undo measures nothing. */
export function seenVerdict(store: Store, job: Job, name: string, now: number): void {
  if (job.kind !== "recheck" && job.kind !== "withdraw" && name !== "")
    store.setFact("verdict", { name: name.slice(0, 100), job: job.id, at: now });
}

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
  /** Of the newest report that had one, and the job that it belongs to. */
  verdict: Verdict;
  open: JobView[];
  hold: Hold | null;
  counts: { open: number; finished: number };
  /** Messages that wait to be sent, and the newest one that never will be, with the reason. */
  messages: { waiting: number; failed: string | null };
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
  messages: ClusterStatus["messages"],
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
    verdict: Verdict.parse(store.fact("verdict")),
    open: store.openJobs().map(jobView),
    hold: ledger.hold(),
    counts: store.counts(),
    messages,
  };
}
