// A cluster at a glance: the agent, our rule, the open jobs, the hold.
import * as z from "zod/mini";
import type { ClaimRequest, Healing } from "../protocol/calls.ts";
import type { Job } from "../protocol/job.ts";
import type { RuleState } from "../protocol/report.ts";
import type { Hold } from "../jobs/admit.ts";
import { ignoredAlerts, type Ignored } from "./ignored.ts";
import { jobView, type JobView } from "../jobs/job-view.ts";
import type { ClusterState } from "./cluster-state.ts";
import { endingsOf, type Days, type Ending } from "./endings.ts";
import { SeenAgent, seenBy, twoAnswer } from "./seen-agent.ts";
import type { Store } from "./store/store.ts";
import { twoAgents, warningsOf } from "./warnings.ts";

/** `host`: the one that it is about. */
const Verdict = z.object({
  name: z.string(),
  job: z.string(),
  at: z.number(),
  host: z._default(z.nullable(z.string()), null),
});
type Verdict = z.infer<typeof Verdict>;

/**
 * A recheck's word on the path is in `healing`; an undo measures nothing; and a diagnosis of a registry that
 * somebody named says nothing about the pods of the cluster.
 */
export function seenVerdict(
  store: Store,
  { job, found, at }: { readonly job: Job; readonly found: Job["found"]; readonly at: number },
): void {
  const isAside = job.kind === "diagnose" && job.registry !== null;
  if (job.kind === "recheck" || job.kind === "withdraw" || isAside || found === null) return;
  if (found.verdict === "") return;
  const { verdict, host } = found;
  store.facts.save("verdict", { name: verdict.slice(0, 100), job: job.id, at, host });
}

export type ClusterStatus = {
  agent: {
    id: string;
    version: string;
    node: string | null;
    protocol: number;
    lastSeen: string;
    doorbell: boolean;
    /** observe, approve or auto; null: an older agent, which does not say. */
    mode: string | null;
  } | null;
  rule: RuleState | null;
  /** Since when our rule is known to stand, ms; null: it does not. */
  ruleSince: number | null;
  /** While a rule stands that is to go when the path has healed. `kept`: it stays all the same. */
  healing: (Healing & { kept: boolean }) | null;
  /** Of the newest report that had one, and the job that it belongs to. */
  verdict: Verdict | null;
  open: JobView[];
  hold: Hold | null;
  counts: { open: number; finished: number };
  /** Messages that wait to be sent, and the newest one that never will be, with the reason. */
  messages: { waiting: number; failed: string | null };
  /** What is wrong with the installation, a sentence each. */
  warnings: string[];
  /** The worst ending of each of the last thirty days that had one, by date (UTC). */
  days: Days;
  /** The newest job that was to fix or undo something, and how it ended. */
  last: Ending | null;
  /** Alerts that led to nothing, by cause; null: none in thirty days. */
  ignored: Ignored | null;
};

const agentOf = (store: Store): SeenAgent | null =>
  store.facts.read("agent", SeenAgent, () => null);

/** Remembers who called; says it in the trail when a second one of that name turns out to live. */
export function seenAgent(
  { store, name }: Pick<ClusterState, "store" | "name">,
  claim: ClaimRequest,
  now: number,
): void {
  const before = agentOf(store);
  const seen = seenBy(before, claim, now);
  if (seen !== before) store.facts.save("agent", seen);
  if (!twoAnswer(seen, now) || twoAnswer(before, now)) return;
  const job = store.jobs.open().find(({ state }) => state === "leased")?.id ?? null;
  const detail = twoAgents(name, seen.id);
  store.events.log({ at: now, job, what: "two agents", by: "backon", detail });
}

/**
 * `pingedAt`: when a connected doorbell last answered, ms; 0 if not yet; null if none is connected. `now`: ms
 * since the epoch.
 */
export function clusterStatus(
  { store, name, rule, holds }: ClusterState,
  told: Pick<ClusterStatus, "messages"> & { readonly pingedAt: number | null },
  now: number,
): ClusterStatus {
  const { pingedAt, messages } = told;
  const agent = agentOf(store);
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
            mode: agent.mode,
          },
    rule: rule.current(),
    ruleSince: rule.since(),
    healing: rule.healing(),
    verdict: store.facts.read("verdict", Verdict, () => null),
    open: store.jobs.open().map(jobView),
    hold: holds.current(),
    counts: store.jobs.counts(),
    messages,
    ...endingsOf(store),
    warnings: warningsOf({ cluster: name, agent, setAside: store.setAside.state() }, now),
    ignored: ignoredAlerts(store, now),
  };
}
