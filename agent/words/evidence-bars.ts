// One round of probes as bars for a terminal: a line a host and family, as wide as the terminal. Pure.
import type { Round } from "../../src/protocol/round.ts";
import { duration } from "../../src/shown/duration.ts";
import { familyName, pathsOf, type Path, type PathStage } from "../../src/shown/paths.ts";

const MOST_PATHS = 24;
const NARROWEST = 10;
const WIDEST = 60;
const MARKS = { dns: "·", tcp: "░", tls: "▒", http: "█" } as const;
/** A stage in which it ended is told by its mark, not by a colour. */
const FAILED = "×";
const LEGEND = `${MARKS.dns} DNS  ${MARKS.tcp} TCP  ${MARKS.tls} TLS  ${MARKS.http} HTTP  ${FAILED} failed`;

/** Lines of at most `columns` characters, with a legend; none where no line would have room for a bar. */
export function evidenceBars(round: Round, columns: number): string[] {
  const rows = pathsOf(round, MOST_PATHS).map((path) => ({
    path,
    name: `${path.host} ${familyName(path.family)}`,
    end: endOf(path),
  }));
  const names = Math.max(0, ...rows.map(({ name }) => name.length));
  const ends = Math.max(0, ...rows.map(({ end }) => end.length));
  const width = Math.min(WIDEST, columns - names - ends - 4);
  if (rows.length === 0 || width < NARROWEST) return [];
  const scaleMs = Math.max(100, ...rows.map(({ path }) => total(path.stages)));
  const lines = rows.map(({ path, name, end }) => {
    const bar = barOf(path.stages, scaleMs, width);
    return `${name.padEnd(names)}  ${bar.padEnd(width)}  ${end}`.trimEnd();
  });
  return [...lines, LEGEND];
}

/** Every stage has one mark at least; what that is too much the longest gives. */
function barOf(stages: readonly PathStage[], scaleMs: number, width: number): string {
  const marks = stages.map(({ ms }) =>
    Math.max(1, Math.round((Math.max(0, ms) / scaleMs) * width)),
  );
  const over = Math.max(0, marks.reduce((sum, count) => sum + count, 0) - width);
  const longest = marks.indexOf(Math.max(...marks));
  return stages
    .map(({ name, failed }, at) => {
      const count = (marks[at] ?? 0) - (at === longest ? over : 0);
      return (failed === null ? MARKS[name] : FAILED).repeat(count);
    })
    .join("");
}

function endOf({ stages, ended }: Path): string {
  const failed = stages.find((stage) => stage.failed !== null);
  if (failed !== undefined) return `${failed.name.toUpperCase()} ${failed.failed}`;
  return stages.length > 1 ? duration(total(stages)) : ended === "–" ? "no try" : ended;
}

function total(stages: readonly PathStage[]): number {
  return stages.reduce((sum, { ms }) => sum + Math.max(0, ms), 0);
}
