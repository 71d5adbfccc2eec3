// The evidence as a picture: hosts × families, stages as bars of time on one scale, stalls marked.
import { familyName, type Path, type PathStage } from "../story/paths.ts";
import { visible } from "../story/plain-text.ts";
import { duration } from "../shown/duration.ts";

/** All in units of the picture, which grows and shrinks with the page. */
const WIDTH = 780;
const LABELS = 270;
const BARS = WIDTH - LABELS - 130;
const ROW = 30;
const BAR = 16;
const TOP = 26;
/** So that a stage of a few milliseconds can be seen beside one of ten seconds. */
const THINNEST = 3;

/**
 * A row a path. Text of others stands in text nodes only. What the picture shows, `label` and the
 * table beside it say too.
 */
export function Picture({ paths, label }: { paths: readonly Path[]; label: string }) {
  const scaleMs = Math.max(100, ...paths.map((path) => total(path.stages)));
  const height = TOP + paths.length * ROW + 4;
  return (
    <svg class="picture" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={label}>
      <Stripes />
      <Scale scaleMs={scaleMs} height={height} />
      {paths.map((path, row) => (
        <Row path={path} y={TOP + row * ROW} scaleMs={scaleMs} />
      ))}
    </svg>
  );
}

/** A stall is told by its stripes too, not by its colour alone. */
function Stripes() {
  return (
    <defs>
      <pattern id="stripes" width="8" height="8" patternUnits="userSpaceOnUse">
        <rect width="8" height="8" class="failed" />
        <path d="M0 8 L8 0" class="stripe" />
      </pattern>
    </defs>
  );
}

function Scale({ scaleMs, height }: { scaleMs: number; height: number }) {
  return (
    <g class="scale">
      {[0, 0.5, 1].map((part) => (
        <>
          <line x1={LABELS + BARS * part} x2={LABELS + BARS * part} y1={TOP - 6} y2={height} />
          <text x={LABELS + BARS * part} y={TOP - 12} text-anchor={part === 0 ? "start" : "middle"}>
            {part === 0 ? "0" : duration(scaleMs * part)}
          </text>
        </>
      ))}
    </g>
  );
}

function Row({ path, y, scaleMs }: { path: Path; y: number; scaleMs: number }) {
  const { host, family, stages } = path;
  const bars = placed(stages, scaleMs);
  const end = bars.at(-1);
  const stalled = stages.find(({ failed }) => failed !== null);
  return (
    <g>
      <text x={LABELS - 52} y={y + BAR - 3} text-anchor="end" class="host">
        {short(host)}
      </text>
      <text x={LABELS - 8} y={y + BAR - 3} text-anchor="end" class="family">
        {familyName(family)}
      </text>
      {bars.map(({ stage, x, width }) => (
        <rect
          x={x}
          y={y}
          width={width}
          height={BAR}
          class={stage.failed === null ? `stage ${stage.name}` : "stage stalled"}
        >
          <title>{stageWords(stage)}</title>
        </rect>
      ))}
      <text
        x={(end === undefined ? LABELS : end.x + end.width) + 6}
        y={y + BAR - 3}
        class={stalled === undefined ? "took" : "took bad"}
      >
        {stalled === undefined ? took(path) : `${stalled.name.toUpperCase()} ${stalled.failed}`}
      </text>
    </g>
  );
}

/**
 * Bars one after another, each at least as wide as can be seen. None ends beyond the scale: the widest
 * gives what the thin ones need.
 */
function placed(
  stages: readonly PathStage[],
  scaleMs: number,
): { stage: PathStage; x: number; width: number }[] {
  const wanted = stages.map((stage) => Math.max(THINNEST, (length(stage) / scaleMs) * BARS));
  const over = Math.max(0, wanted.reduce((sum, width) => sum + width, 0) - BARS);
  const widest = wanted.indexOf(Math.max(...wanted));
  let x = LABELS;
  return stages.map((stage, at) => {
    const width = (wanted[at] ?? 0) - (at === widest ? over : 0);
    const bar = { stage, x, width };
    x += width;
    return bar;
  });
}

export function stageWords({ name, ms, failed }: PathStage): string {
  const what = name.toUpperCase();
  if (failed === null) return `${what} ${duration(ms)}`;
  return `${what}: ${failed}${ms === 0 ? "" : ` after ${duration(ms)}`}`;
}

/** A path that nobody tried says why, or that. */
function took({ stages, ended }: Path): string {
  if (stages.length > 1) return duration(total(stages));
  return ended === "–" ? "no try" : ended;
}

function total(stages: readonly PathStage[]): number {
  return stages.reduce((sum, stage) => sum + length(stage), 0);
}

/** In ms; a clock that was set back meanwhile makes no bar. */
function length({ ms }: PathStage): number {
  return Math.max(0, ms);
}

/** Host names may have 253 characters; the table beside the picture has them whole. */
function short(host: string): string {
  const line = visible(host);
  return line.length > 28 ? `${line.slice(0, 13)}…${line.slice(-14)}` : line;
}
