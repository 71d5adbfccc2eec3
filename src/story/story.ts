// A job as people read it. Page, message and post-mortem are rendered from this one value.
import type { JobView } from "../jobs/job-view.ts";
import { jsonOf } from "../jobs/json.ts";
import type { LoggedEvent } from "../jobs/logged-event.ts";
import type { Target } from "../jobs/signal.ts";
import { Report } from "../protocol/report.ts";
import { decisions } from "./decisions.ts";

/** What is stored of a job; `report` is JSON as the agent sent it. */
export type JobRecord = {
  job: JobView;
  report: string | null;
  events: LoggedEvent[];
  targets: Target[];
};

export type Story = {
  readonly job: JobView;
  /** `unreadable`: there is one, and this version of the Worker cannot read it. */
  readonly report: Report | "unreadable" | null;
  readonly events: readonly LoggedEvent[];
  readonly targets: readonly Target[];
};

/** The report is read here, once: another version of the agent may have written it. */
export function readStory(record: JobRecord): Story {
  return { ...record, report: readReport(record.report) };
}

function readReport(stored: string | null): Story["report"] {
  if (stored === null) return null;
  const read = Report.safeParse(jsonOf(stored));
  return read.success ? read.data : "unreadable";
}

/** Null where there is no report, or none that this version can read. */
export function readableReport({ report }: Story): Report | null {
  return report === "unreadable" ? null : report;
}

/** The job left our rule on the router, and nobody has asked for it to be taken off. */
export function canUndo(story: Story): boolean {
  const rule = readableReport(story)?.rule ?? null;
  const isOurs = rule?.state === "present" && rule.ours;
  const asked = decisions(story.events).some(({ what }) => what === "asked for an undo");
  return story.job.state === "finished" && isOurs && !asked;
}
