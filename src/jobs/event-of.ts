// Between a call and the life cycle: the event that a report is, who caused an event, and how the
// log names it.
import type { ReportRequest } from "../protocol/calls.ts";
import type { Job } from "../protocol/job.ts";
import type { AgentEvent, JobEvent } from "./lifecycle-event.ts";

/** Null if a report `done` does not say its outcome. */
export function reportEvent(request: ReportRequest, digest: string, at: number): AgentEvent | null {
  const call = { at, digest, fence: request.fence, seq: request.seq };
  switch (request.disposition) {
    case "done": {
      const { outcome } = request.report;
      return outcome === undefined ? null : { ...call, kind: "done", outcome };
    }
    case "ask":
      return { ...call, kind: "ask", plan: request.plan, planHash: request.planHash };
    case "retry":
      return { ...call, kind: "retry" };
    case "release":
      return { ...call, kind: "release", withReport: request.report !== null };
  }
}

export function whoOf(event: JobEvent): string {
  switch (event.kind) {
    case "claim":
      return event.agent;
    case "approve":
    case "dismiss":
    case "cancel":
      return event.by;
    case "signal":
      return event.reason.origin.by;
    case "progress":
    case "done":
    case "ask":
    case "retry":
    case "release":
      return "agent";
    case "lapse":
    case "expire":
      return "clock";
  }
}

/** Null if the log is not to have it: a renewal, a report under way, a signal that adds nothing. */
export function whatOf(event: JobEvent, before: Job, after: Job): string | null {
  const changed = isChanged(before, after);
  if (after.state !== before.state) {
    const outcome = after.state === "finished" ? ` ${after.outcome}` : "";
    return `${event.kind}: ${before.state} → ${after.state}${outcome}`;
  }
  if (event.kind === "cancel") return changed ? "cancel asked" : null;
  if (event.kind === "claim") return after.attempts > before.attempts ? "claim: taken over" : null;
  if (event.kind !== "signal") return null;
  return changed || event.reason.origin.person ? "joined" : null;
}

/** A transition may make a new object that says the same. */
export function isChanged(before: Job, after: Job): boolean {
  return after !== before && JSON.stringify(after) !== JSON.stringify(before);
}

/** What a lease that ended without a report leaves in doubt; empty if nothing. */
export function uncertainty(job: Job): string {
  const uncertain = job.state === "leased" && job.intent !== null;
  return uncertain ? `router uncertain: the agent had announced “${job.intent}”` : "";
}

/** Who claims; if it takes the job from another process of its name, that, and what is in doubt. */
export function claimDetail(
  job: Job,
  { agent, process }: { readonly agent: string; readonly process: string | null },
): string {
  if (job.state !== "leased" || job.process === process) return agent;
  const taken = `another process of ${agent} had it: the agent was restarted, or two bear this name`;
  return [taken, uncertainty(job)].filter((part) => part !== "").join("; ");
}
