// RouterOS durations: `1d2h3m4s`, `00:30:00` or bare seconds in, `1d2h3m4s` out.

const UNITS_MS: Readonly<Record<string, number>> = {
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
};

/** Milliseconds; null for what is no duration. */
export function durationMs(text: string): number | null {
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const clock = /^(\d+):(\d{2}):(\d{2})$/.exec(text);
  if (clock !== null)
    return Number(clock[1]) * 3_600_000 + Number(clock[2]) * 60_000 + Number(clock[3]) * 1_000;
  if (!/^(\d+(w|d|h|ms|m|s))+$/.test(text)) return null;
  let ms = 0;
  for (const [, number = "0", unit = "s"] of text.matchAll(/(\d+)(ms|[wdhms])/g))
    ms += Number(number) * (UNITS_MS[unit] ?? 0);
  return ms;
}

/** Whole seconds, as a reply shows what is left of a time. */
export function asDuration(ms: number): string {
  let left = Math.ceil(ms / 1_000) * 1_000;
  let text = "";
  for (const unit of ["w", "d", "h", "m", "s"]) {
    const size = UNITS_MS[unit] ?? 1;
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${unit}`;
    left -= count * size;
  }
  return text === "" ? "0s" : text;
}

/** `YYYY-MM-DD HH:MM:SS`, UTC. */
export function asDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace("T", " ");
}
