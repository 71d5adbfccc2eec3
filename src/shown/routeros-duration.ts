// Durations as RouterOS writes them.

const UNITS_MS: Readonly<Record<string, number>> = {
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
};

/** `29m58s`, `1d02:03:04` or bare seconds → ms; null for what is no duration. */
export function durationMs(text: string): number | null {
  const [, units = "", clock, seconds] =
    /^((?:\d+(?:ms|[wdhms]))*)(\d+:\d\d:\d\d(?:\.\d+)?)?(\d+)?$/.exec(text) ?? [];
  if (units === "" && clock === undefined && seconds === undefined) return null;
  let ms = Number(seconds ?? 0) * 1_000;
  for (const [, count, unit = ""] of units.matchAll(/(\d+)(ms|[wdhms])/g))
    ms += Number(count) * (UNITS_MS[unit] ?? 0);
  const [hours = 0, minutes = 0, rest = 0] = (clock ?? "").split(":").map(Number);
  return ms + hours * 3_600_000 + minutes * 60_000 + rest * 1_000;
}

/** 1_800_000 → `30m`; whole seconds, rounded up, at least `1s`. */
export function asDuration(ms: number): string {
  let left = Math.max(1_000, Math.ceil(ms / 1_000) * 1_000);
  let text = "";
  for (const unit of ["d", "h", "m", "s"]) {
    const size = UNITS_MS[unit] ?? 1;
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${unit}`;
    left -= count * size;
  }
  return text;
}
