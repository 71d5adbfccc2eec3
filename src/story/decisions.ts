// What people decided about a job, read from its audit trail.
import type { LoggedEvent } from "../jobs/logged-event.ts";
import { UNDO_ASKED } from "../jobs/logged-event.ts";

export type Decision = {
  readonly what: "approved" | "dismissed" | "cancelled" | "asked to stop" | "asked for an undo";
  readonly by: string;
  readonly at: number;
};

/** In the order in which they were made. What the Worker itself cancelled is nobody's decision. */
export function decisions(events: readonly LoggedEvent[]): Decision[] {
  return events.flatMap(({ what, by, at }) => {
    const word = wordFor(what);
    return word === null || by === "backon" ? [] : [{ what: word, by, at }];
  });
}

/** The log's words are those of src/jobs/event-of.ts, but for the undo. */
function wordFor(what: string): Decision["what"] | null {
  if (what.startsWith("approve: ")) return "approved";
  if (what.startsWith("dismiss: ")) return "dismissed";
  if (what.startsWith("cancel: ")) return "cancelled";
  if (what === "cancel asked") return "asked to stop";
  if (what === UNDO_ASKED) return "asked for an undo";
  return null;
}
