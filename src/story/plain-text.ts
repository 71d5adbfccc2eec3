// Somebody else's text, made fit for a Markdown page: pod names, labels and messages come from a
// cluster, and whoever may start a pod there writes them.

/** Long enough for any name of Kubernetes (253) and for a sentence of an agent. */
const LONGEST = 500;

/**
 * One line that means only itself, in Markdown and in HTML, in a cell and out of it. Control
 * characters are dropped, invisible ones (right-to-left marks, zero-width spaces) are shown by
 * their number, and what is longer than `most` characters is cut with a mark.
 */
export function plainText(text: string, most: number = LONGEST): string {
  return escaped(visible(text, most));
}

/** The same for a line in a code block, where nothing can be escaped: what could end it is shown by its number. */
export function codeLine(text: string, most: number = LONGEST): string {
  return visible(text, most).replaceAll(/[<>&`]/gu, numbered);
}

/** One line, cut, with everything that hides itself shown by its number; not yet escaped for anything. */
export function visible(text: string, most: number = LONGEST): string {
  // Cut first: the work is then bounded, whatever came in. Half a surrogate pair is shown as such.
  // And after: a number is longer than what it stands for.
  const line = text
    .slice(0, most)
    .replaceAll(/[\s\p{Zl}\p{Zp}]+/gu, " ")
    .replaceAll(/\p{Cc}/gu, "")
    .replaceAll(/[\p{Cf}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}]/gu, numbered)
    .trim();
  if (text.length <= most && line.length <= most) return line;
  const short = line.length <= most ? line : line.slice(0, most).replace(/⟨[^⟩]*$/u, "");
  return `${short}… [cut: ${text.length} characters]`;
}

function escaped(line: string): string {
  return line
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/[\\`*[\]|~]|(?<!\w)_|_(?!\w)/g, String.raw`\$&`)
    .replaceAll("://", String.raw`\://`)
    .replaceAll(/www(?=\.)/gi, "$&\\")
    .replaceAll(/(?<=[\w.+-])@(?=[\w-]+\.[\w-])/g, numbered)
    .replaceAll(/(?<!\w)@/g, "&#64;")
    .replace(/^[#+=-]/, String.raw`\$&`)
    .replace(/^(\d+)([.)])(?= |$)/, String.raw`$1\$2`);
}

function numbered(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  return `⟨U+${point.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}
