// Tables of a Markdown page. Cells come in as Markdown: text of others has passed plainText.

/** Lines of a table, with an empty line before; none without rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return ["", line(head), line(head.map(() => "---")), ...rows.map(line)];
}

/** The first rows, and one line that says how many there are besides. */
export function shortTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  most: number,
): string[] {
  const besides = rows.length - most;
  const more = besides > 0 ? ["", `… and ${besides} more; the JSON of this job has all.`] : [];
  return [...table(head, rows.slice(0, most)), ...more];
}

/** A time (ms since the epoch) as ISO 8601 to the second; `–` where there is none. */
export function time(at: number | null): string {
  const date = new Date(at ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? "–" : `${date.toISOString().slice(0, 19)}Z`;
}

/** A duration in ms as a person reads it. */
export function duration(ms: number): string {
  return Math.round(ms) < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
