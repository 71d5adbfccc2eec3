// Which messages a change of a job is news for. Pure.
import type { Job } from "../protocol/job.ts";
import type { Outcome } from "../protocol/report.ts";
import { jobView } from "./job-view.ts";

/**
 * Where a job is told of. `card`: the one Slack message that is edited in place. `thread`: its thread,
 * when somebody must look. `reply`: the answer to the slash command that asked, where there is no card.
 * `hook`: an incoming webhook of Slack, which can't edit. `webhook`: the signed one, for anything else.
 */
export type Output = "card" | "thread" | "reply" | "hook" | "webhook";

/** Endings after which somebody must look: something was tried and did not help, or is in doubt. */
const BAD: readonly Outcome[] = [
  "partly-recovered",
  "still-failing",
  "no-better",
  "rule-uncertain",
  "router-failed",
  "plan-changed",
  "expired",
  "gave-up",
];
/** A recheck comes every few hours; these endings of one are nobody's news, unless the rule is in doubt. */
const ROUTINE: readonly Outcome[] = ["not-healed", "cancelled", "expired"];

/** The job needs approval, ended with a plan that nobody carried out, or ended badly. */
export function mustLook(job: Job): boolean {
  if (job.state === "awaiting") return true;
  // What the agent would do and may not: somebody has to do it, or to let it.
  if (job.state === "finished" && job.kind === "remediate" && job.outcome === "observed")
    return true;
  return job.state === "finished" && (BAD.includes(job.outcome) || job.routerUncertain);
}

/** `before` null: the job was just opened. */
export function newsFor(before: Job | null, after: Job): Output[] {
  if (after.kind === "recheck" && (after.state !== "finished" || isRoutine(after))) return [];
  if (before !== null && faceOf(before) === faceOf(after)) return [];
  const moved = before === null || stateOf(before) !== stateOf(after);
  if (!moved) return ["card"];
  // What can't be edited is said once: a report that comes late only changes the card.
  const rests = after.state === "awaiting" || after.state === "finished";
  if (!rests || before?.state === after.state) return ["card", "webhook"];
  return ["card", "webhook", ...(mustLook(after) ? (["thread"] as const) : []), "hook", "reply"];
}

function isRoutine({ outcome, routerUncertain }: Extract<Job, { state: "finished" }>): boolean {
  return ROUTINE.includes(outcome) && !routerUncertain;
}

/** What a card shows of it. A renewed lease is no news; a stage is. */
function faceOf(job: Job): string {
  const until = job.state === "awaiting" ? job.until : null;
  return JSON.stringify({
    ...jobView(job),
    leaseUntil: until,
    agent: null,
    fence: null,
    waits: null,
  });
}

/** What a program wants to know of it. */
function stateOf(job: Job): string {
  const { state, outcome, approvedBy, attempt, hasReport } = jobView(job);
  return JSON.stringify([state, outcome, approvedBy, attempt, hasReport]);
}
