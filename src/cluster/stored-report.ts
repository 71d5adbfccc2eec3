// A stored report, read again: another version of the agent may have written it.
import { Report } from "../protocol/report.ts";
import { jsonOf } from "./store/schema.ts";
import type { JobStory } from "./person-calls.ts";

/** The story with its report as data; `unreadable` if this version of the Worker cannot read it. */
export function readableStory(story: JobStory) {
  return { ...story, report: readable(story.report) };
}

function readable(stored: string | null): Report | "unreadable" | null {
  if (stored === null) return null;
  const read = Report.safeParse(jsonOf(stored));
  return read.success ? read.data : "unreadable";
}
