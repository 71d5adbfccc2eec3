// The right word that a wrong one was most likely meant to be.

/** Null if none is near: more than a third of its letters would have to change. */
export function nearest(wrong: string, right: readonly string[]): string | null {
  const [first] = right
    .map((word) => ({ word, changes: changesBetween(wrong.toLowerCase(), word) }))
    .toSorted((a, b) => a.changes - b.changes);
  if (first === undefined) return null;
  return first.changes <= Math.ceil(first.word.length / 3) ? first.word : null;
}

/** Letters to add, take away or replace (Levenshtein). */
function changesBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [at, letter] of from.split("").entries()) {
    const next = [at + 1];
    for (const [index, other] of to.split("").entries()) {
      const replaced = (row[index] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
