// Text for a terminal: lines that fit its width, the telling words in colour. Pure.

/** Lines of more than `columns` letters go on below, indented. What is to be pasted stays one line. */
export function fitted(text: string, columns: number): string {
  return text
    .split("\n")
    .flatMap((line) => (line.length <= columns || isToPaste(line) ? [line] : cut(line, columns)))
    .join("\n");
}

function isToPaste(line: string): boolean {
  return /^\s*(\/|https?:|curl |npx |npm |export |kubectl |:)/.test(line);
}

function cut(line: string, columns: number): string[] {
  const indent = /^\s*(→ )?/.exec(line)?.[0].length ?? 0;
  const more = " ".repeat(Math.min(indent + 2, Math.floor(columns / 2)));
  const lines: string[] = [];
  let now = "";
  for (const [word] of line.matchAll(/\s*\S+/g)) {
    if (now.trim() !== "" && now.length + word.length > columns) {
      lines.push(now);
      now = more + word.trimStart();
    } else now += word;
  }
  return [...lines, now];
}

const RED = 31;
const GREEN = 32;
const YELLOW = 33;

/** What a line begins with → its colour. */
const TELLING: readonly (readonly [RegExp, number])[] = [
  [/^FAULT\b/, RED],
  [/^warning\b/, YELLOW],
  [/^ok\b/, GREEN],
  [/^(healthy-now|no-ipv6|ipv6-unreachable|ipv6-not-preferred|ipv6-slow)(?=: )/, GREEN],
  [/^(inconclusive|not-seen-here|proxy-in-path)(?=: )/, YELLOW],
  [/^[a-z0-9]+(-[a-z0-9]+)+(?=: )/, RED],
];

/** The word that tells how it is, at the beginning of a line, in colour. */
export function painted(text: string): string {
  return text.split("\n").map(paintedLine).join("\n");
}

function paintedLine(line: string): string {
  for (const [pattern, colour] of TELLING) {
    const [word] = pattern.exec(line) ?? [];
    if (word !== undefined) return `\u001b[${colour}m${word}\u001b[0m${line.slice(word.length)}`;
  }
  return line;
}
