/** A measured duration in ms as people read it: `12 ms`, `1.5 s`. */
export function duration(ms: number): string {
  return Math.round(ms) < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** One in ms of which nobody needs the parts of a second: `90 s`. */
export function inSeconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`;
}

/** One in ms that may be long: `90 s`, `15 min`, `6 h`. */
export function roughly(ms: number): string {
  if (ms < 120_000) return inSeconds(ms);
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}
