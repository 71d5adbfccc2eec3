// Tables of a Markdown page. Cells come in as Markdown: text of others has passed plainText.

/** Lines of a table, with an empty line before; none without rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return ["", line(head), line(head.map(() => "---")), ...rows.map(line)];
}

/** The first of these as rows, the others never looked at, and one line that says how many there are besides. */
export function shortTable<T>(
  head: readonly string[],
  { items, most }: { readonly items: readonly T[]; readonly most: number },
  row: (item: T) => readonly string[],
): string[] {
  return [...table(head, items.slice(0, most).map(row)), ...besides(items.length - most)];
}

/** A line that says how many more there are, with an empty line before; none if there are none. */
export function besides(count: number): string[] {
  return count > 0 ? ["", `… and ${count} more; the JSON of this job has all.`] : [];
}

/** A time (ms since the epoch) as ISO 8601 to the second; `–` where there is none. */
export function time(at: number | null): string {
  const date = new Date(at ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? "–" : `${date.toISOString().slice(0, 19)}Z`;
}
