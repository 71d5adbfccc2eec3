// The figures as a person reads them.
import type { Lone } from "./hold-out.ts";
import type { Score } from "./score.ts";

/** The plain score with its tables. */
export function printedScore(score: Score): string[] {
  const { family } = score;
  return [
    `label   ${of(score)}`,
    `family  ${of(family)}; where the peer is IPv6 ${of(family.v6)}`,
    `host    ${of(score.host)}`,
    `off the path, yet blamed on it: ${score.blamedOnPath.length} ${score.blamedOnPath.join(" ")}`,
    "",
    `${"label".padEnd(26)}${"rows".padStart(5)}${"right".padStart(6)}${"given".padStart(6)}`,
    ...score.labels.map(
      ({ label, rows, right, given }) =>
        `${label.padEnd(26)}${cell(rows, 5)}${cell(right, 6)}${cell(given, 6)}`,
    ),
    "",
    ...printedConfusion(score),
    "",
    `ambiguous, not counted: ${score.ambiguous.length}`,
    ...score.ambiguous.map(({ id, expected, given }) => `${id} ${expected} or ${given}`),
  ];
}

/** The score of the hold-out. */
export function printedHoldOut(score: Score, counts: { all: number; unseen: number }): string[] {
  return [
    "held out, five folds of threads: a lower bound, since a wording that only the held-out threads",
    `hold counts as unknown (${counts.all} signatures, ${counts.unseen} of them in no row)`,
    `label   ${of(score)}`,
    `off the path, yet blamed on it: ${score.blamedOnPath.length} ${score.blamedOnPath.join(" ")}`,
    "",
    ...printedConfusion(score),
  ];
}

/** The signatures that one thread alone carries. */
export function printedLone(lone: readonly Lone[]): string[] {
  return [
    `signatures carried by one thread alone: ${lone.length}`,
    ...lone.map(
      ({ label, signature, source }) => `${label.padEnd(26)}${short(signature)}  ${source}`,
    ),
  ];
}

function printedConfusion({ confused }: Score): string[] {
  return confused.length === 0
    ? ["confused: none"]
    : [
        "confused:",
        ...confused.map(
          ({ expected, given, ids }) => `${expected} read as ${given}: ${ids.join(" ")}`,
        ),
      ];
}

function of({ right, rows, share }: { right: number; rows: number; share: number }): string {
  return `${right} of ${rows} right (${(100 * share).toFixed(1)} %)`;
}

function cell(value: number, width: number): string {
  return String(value).padStart(width);
}

function short(signature: string): string {
  return signature.length <= 60 ? signature : `${signature.slice(0, 59)}…`;
}
