// Text for a terminal. A router, a cluster or a server's certificate may put anything into what we
// print of it, and a terminal obeys: it would clear, colour or reorder our lines. Pure.

/**
 * One line that a terminal only shows: characters that control it, hide or end a line are shown by
 * their number, as in `<U+001B>`. White space at the end is left out.
 */
export function plainLine(text: string): string {
  return text.trimEnd().replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const point = character.codePointAt(0) ?? 0;
    return `<U+${point.toString(16).toUpperCase().padStart(4, "0")}>`;
  });
}
