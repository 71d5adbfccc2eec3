// A report has a limit of 256 KiB. What is cut is said in the summary; verdict and actions never are.
import { REPORT_LIMIT_BYTES } from "../../src/protocol/calls.ts";
import type { PodStory, Report } from "../../src/protocol/report.ts";

/** Room for the call around the report. */
const LIMIT = REPORT_LIMIT_BYTES - 8 * 1024;

export function fitReport(report: Report): Report {
  // Pod by pod: the whole list of a large cluster is megabytes of JSON.
  const podBytes = report.pods.reduce((sum, pod) => sum + sizeOf(pod) + 1, 0);
  if (sizeOf({ ...report, pods: [] }) + podBytes <= LIMIT) return report;
  const latest = report.rounds.slice(-1);
  const oneRound = {
    ...report,
    rounds: latest,
    summary: `${report.summary} (Earlier rounds are cut.)`,
  };
  const restBytes = sizeOf({ ...oneRound, pods: [] });
  if (restBytes + podBytes <= LIMIT) return oneRound;
  const pods = podsWithin(LIMIT - 200 - restBytes, restartedFirst(report.pods));
  const cut = report.pods.length - pods.length;
  const summary = `${report.summary} (Earlier rounds and ${cut} pods are cut.)`;
  const fewer = { ...oneRound, pods, summary };
  return sizeOf(fewer) <= LIMIT ? fewer : barely(fewer);
}

function podsWithin(bytes: number, pods: readonly PodStory[]): PodStory[] {
  let left = bytes;
  const end = pods.findIndex((pod) => (left -= sizeOf(pod) + 1) < 0);
  return end < 0 ? [...pods] : pods.slice(0, end);
}

/** What was done is told before what was left alone, of which there may be any number. */
function restartedFirst(pods: readonly PodStory[]): PodStory[] {
  return pods.toSorted(
    (a, b) => Number(b.decision === "restart") - Number(a.decision === "restart"),
  );
}

/** What is left when even one round is too much: who, what and why, without the measurements. */
function barely(report: Report): Report {
  const summary = `${report.summary.slice(0, 500)} (All measurements are cut.)`;
  const bare = { ...report, rounds: [], after: [], pods: [], summary };
  const verdicts = report.verdicts.slice(0, 50).map((one) => ({ ...one, evidence: [] }));
  // A detail of 100 letters is at most 600 bytes of JSON, however it is escaped.
  const actions = report.actions.slice(-200).map((one) => ({
    ...one,
    detail: one.detail.slice(0, 100),
  }));
  return { ...bare, verdicts, actions };
}

function sizeOf(value: Report | PodStory): number {
  return Buffer.byteLength(JSON.stringify(value));
}
