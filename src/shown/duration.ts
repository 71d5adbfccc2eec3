/** A duration in ms as people read it: `12 ms`, `1.5 s`. */
export function duration(ms: number): string {
  return Math.round(ms) < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
