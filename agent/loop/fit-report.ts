// A report has a limit of 256 KiB. What is cut is said in the summary; verdict and actions never are.
import { REPORT_LIMIT_BYTES } from "../../src/protocol/calls.ts";
import type { PodStory, Report } from "../../src/protocol/report.ts";

/** Room for the call around the report. */
const LIMIT = REPORT_LIMIT_BYTES - 8 * 1024;

export function fitReport(report: Report): Report {
  if (sizeOf(report) <= LIMIT) return report;
  const latest = report.rounds.slice(-1);
  const oneRound = {
    ...report,
    rounds: latest,
    summary: `${report.summary} (Earlier rounds are cut.)`,
  };
  if (sizeOf(oneRound) <= LIMIT) return oneRound;
  let pods = restartedFirst(report.pods);
  while (pods.length > 0 && sizeOf({ ...oneRound, pods }) > LIMIT - 200)
    pods = pods.slice(0, Math.floor(pods.length / 2));
  const cut = report.pods.length - pods.length;
  const summary = `${report.summary} (Earlier rounds and ${cut} pods are cut.)`;
  const fewer = { ...oneRound, pods, summary };
  return sizeOf(fewer) <= LIMIT ? fewer : barely(fewer);
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

function sizeOf(report: Report): number {
  return Buffer.byteLength(JSON.stringify(report));
}
