// The evidence as a picture: hosts × families, stages as bars of time on one scale, stalls marked. Each bar is
// an SVG as wide as the page lets it be, and the words are text of the page: readable on a phone.
import { familyName, type Path, type PathStage } from "../shown/paths.ts";
import { visible } from "../story/plain-text.ts";
import { duration } from "../shown/duration.ts";

/** So that a stage of a few milliseconds can be seen beside one of ten seconds; in percent. */
const THINNEST = 0.8;
const WHOLE = 100;

/**
 * A row a path. Text of others stands in text nodes only. What the picture shows, `label` and the
 * table beside it say too.
 */
export function Picture({ paths, label }: { paths: readonly Path[]; label: string }) {
  const scaleMs = Math.max(100, ...paths.map((path) => total(path.stages)));
  return (
    <div class="picture" role="img" aria-label={label}>
      <Stripes />
      {paths.map((path) => (
        <Row path={path} scaleMs={scaleMs} />
      ))}
      <p class="scale">
        {[0, 0.5, 1].map((part) => (
          <span>{part === 0 ? "0" : duration(scaleMs * part)}</span>
        ))}
      </p>
    </div>
  );
}

/** A stall is told by its stripes too, not by its colour alone. */
function Stripes() {
  return (
    <svg width="0" height="0" aria-hidden="true">
      <defs>
        <pattern id="stripes" width="8" height="8" patternUnits="userSpaceOnUse">
          <rect width="8" height="8" class="failed" />
          <path d="M0 8 L8 0" class="stripe" />
        </pattern>
      </defs>
    </svg>
  );
}

function Row({ path, scaleMs }: { path: Path; scaleMs: number }) {
  const { host, family, stages } = path;
  const stalled = stages.find(({ failed }) => failed !== null);
  return (
    <div class="path">
      <span class="host">{visible(host)}</span>
      <span class="family">{familyName(family)}</span>
      <svg class="bar" width="100%" height="16" aria-hidden="true">
        {placed(stages, scaleMs).map(({ stage, x, width }) => (
          <rect
            x={`${x}%`}
            width={`${width}%`}
            height="16"
            class={stage.failed === null ? `stage ${stage.name}` : "stage stalled"}
          >
            <title>{stageWords(stage)}</title>
          </rect>
        ))}
      </svg>
      <span class={stalled === undefined ? "took" : "took bad"}>
        {stalled === undefined ? took(path) : `${stalled.name.toUpperCase()} ${stalled.failed}`}
      </span>
    </div>
  );
}

/**
 * Bars one after another, each at least as wide as can be seen. None ends beyond the scale: the widest
 * gives what the thin ones need. In percent.
 */
function placed(
  stages: readonly PathStage[],
  scaleMs: number,
): { stage: PathStage; x: number; width: number }[] {
  const wanted = stages.map((stage) => Math.max(THINNEST, (length(stage) / scaleMs) * WHOLE));
  const over = Math.max(0, wanted.reduce((sum, width) => sum + width, 0) - WHOLE);
  const widest = wanted.indexOf(Math.max(...wanted));
  let x = 0;
  return stages.map((stage, at) => {
    const width = (wanted[at] ?? 0) - (at === widest ? over : 0);
    const bar = { stage, x: round(x), width: round(width) };
    x += width;
    return bar;
  });
}

function round(percent: number): number {
  return Math.round(percent * 100) / 100;
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
