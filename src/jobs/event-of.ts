// Between a call and the life cycle: the event that a report is, and who caused an event.
import type { ReportRequest } from "../protocol/calls.ts";
import type { JobEvent } from "./lifecycle-event.ts";

/** Null if a report `done` does not say its outcome. */
export function reportEvent(request: ReportRequest, digest: string, at: number): JobEvent | null {
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
