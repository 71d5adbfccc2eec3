/** How long ago a moment was, or until it, as people say it: `just now`, `5 min ago`, `in 2 h`. In ms. */
export function ago(at: number, now: number): string {
  const ms = Math.abs(now - at);
  if (ms < 45_000) return "just now";
  const words = roughly(ms);
  return at <= now ? `${words} ago` : `in ${words}`;
}

/** A time span in its greatest unit: `41 s`, `5 min`, `2 h`, `3 d`. In ms. */
export function roughly(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}
