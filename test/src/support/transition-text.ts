// One transition as one line: the new state, and every field that changed.
import type { Transition } from "../../../src/jobs/lifecycle-event.ts";
import type { Job } from "../../../src/protocol/job.ts";
import { NOW } from "./a-job.ts";

const TIMES = new Set(["notBefore", "until", "since", "at"]);
/** Set by the state itself, or told by the answer. */
const UNTOLD = new Set(["state", "outcome", "plan", "lastCall", "hasReport"]);

/** `-> 409`, `-> nothing to claim`, or `-> state outcome` and what changed; times from NOW. */
export function transitionText(before: Job, moved: Transition): string {
  if (!moved.ok) return moved.status === 204 ? "nothing to claim" : String(moved.status);
  const { job, answer, keepReport, opens } = moved;
  const old = new Map<string, unknown>(Object.entries(before));
  const changed = Object.entries(job)
    .filter(([name, value]) => !UNTOLD.has(name) && isNews(old.get(name), value))
    .map(([name, value]) => `${name}=${valueText(name, value)}`);
  const unchanged = JSON.stringify(job) === JSON.stringify(before);
  return [
    job.state === "finished" ? `finished ${job.outcome}` : job.state,
    ...(unchanged ? ["unchanged"] : changed),
    ...(keepReport ? ["report stored"] : []),
    ...(opens === null ? [] : [`opens one for ${opens.origin.by}`]),
    ...(Object.keys(answer).length === 0 ? [] : [`answer ${answerText(answer)}`]),
  ].join(", ");
}

/** A field that only the new state has tells nothing while it is null. */
function isNews(before: unknown, after: unknown): boolean {
  if (before === undefined && after === null) return false;
  return JSON.stringify(before) !== JSON.stringify(after);
}

function valueText(name: string, value: unknown): string {
  if (TIMES.has(name)) return secondsText(Number(value));
  if (typeof value === "object" && value !== null) {
    if ("origin" in value) return (value as { origin: { by: string } }).origin.by;
    if ("person" in value) return (value as { person: boolean; by: string }).by;
    if ("until" in value) {
      const { by, until } = value as { by: string; until: number };
      return `${by} until ${secondsText(until)}`;
    }
  }
  return String(value);
}

function secondsText(at: number): string {
  const seconds = (at - NOW) / 1000;
  return seconds < 0 ? `${seconds}s` : `+${seconds}s`;
}

function answerText(answer: Readonly<Record<string, unknown>>): string {
  return Object.entries(answer)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}:${String(value)}`)
    .join(" ");
}
