// How a cluster is, in a word: whoever looks first must see whether somebody is needed. Pure.
import type { ClusterStatus } from "../cluster/status.ts";

/** `now`: ms since the epoch. */
export type ClusterFace = {
  readonly cluster: string;
  readonly status: ClusterStatus;
  readonly now: number;
};

export type Health = {
  readonly word:
    | "needs you"
    | "needs approval"
    | "agent away"
    | "not connected yet"
    | "working"
    | "healthy";
  readonly tone: "bad" | "ask" | "open" | "good";
  /** Why, in a few words; null where the word says it. */
  readonly why: string | null;
  /** The job that says more. */
  readonly job: string | null;
};

/** An agent that polls every 5 minutes (±25 %) has missed two polls by then. */
const SILENT_MS = 13 * 60_000;
/** An ending that nobody followed up is no news after a day: pods that still fail make a new job. */
const NEWS_MS = 24 * 3_600_000;

const WORST_FIRST: readonly Health["word"][] = [
  "needs you",
  "needs approval",
  "agent away",
  "not connected yet",
  "working",
  "healthy",
];
/** Endings after which a person is needed, though backon did right. */
const FOR_A_PERSON: readonly string[] = ["stood-down", "observed", "refused", "held-by-person"];

/** `now`: ms since the epoch. */
export function healthOf(status: ClusterStatus, now: number): Health {
  const { agent, open, last, warnings, messages, rule } = status;
  const waiting = open.find(({ state }) => state === "awaiting");
  const working = open.find(({ state }) => state === "leased");
  const say = (word: Health["word"], tone: Health["tone"], more: Partial<Health> = {}): Health => ({
    why: null,
    job: null,
    ...more,
    word,
    tone,
  });
  const [warning] = warnings;
  if (warning !== undefined) return say("needs you", "bad", { why: warning });
  const fresh = last !== null && now - last.at < NEWS_MS ? last : null;
  if (waiting !== undefined) return say("needs approval", "ask", { job: waiting.id });
  if (working === undefined && rule?.state === "unknown")
    return say("needs you", "bad", { why: "the rule on the router is not known" });
  if (fresh?.tone === "bad") return say("needs you", "bad", { job: fresh.job });
  if (agent === null) return say("not connected yet", "ask");
  if (isSilent(agent, now)) return say("agent away", "bad");
  if (working !== undefined) return say("working", "open", { job: working.id });
  if (fresh !== null && fresh.kind === "remediate" && FOR_A_PERSON.includes(fresh.outcome))
    return say("needs you", "ask", { job: fresh.job });
  if (messages.failed !== null)
    return say("needs you", "ask", { why: `a message failed: ${messages.failed}` });
  return say("healthy", "good");
}

export function isSilent(agent: NonNullable<ClusterStatus["agent"]>, now: number): boolean {
  return now - Date.parse(agent.lastSeen) > SILENT_MS;
}

/** Smaller is worse. */
export function badness({ word, tone }: Health): number {
  return WORST_FIRST.indexOf(word) * 2 + (tone === "bad" ? 0 : 1);
}
