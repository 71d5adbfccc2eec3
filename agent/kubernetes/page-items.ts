// Splits a list's page into its items. Parsed as a whole, its objects outlive the young part of the
// heap; item by item each dies there, and the process stays small.

/** The items' bytes, as views of the body, and the page without them. */
export type PageParts = { readonly items: readonly Buffer[]; readonly rest: string };

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const OPEN = 0x7b;
const CLOSE_LIST = 0x5d;
const CLOSE = 0x7d;

/**
 * Splits at the elements of the page's own `items`; a body without that array is all `rest`. Whether the
 * parts are JSON is for their reader to find out. Time is linear in the body.
 */
export function pageParts(body: Buffer): PageParts {
  const items: Buffer[] = [];
  let depth = 0;
  let key = "";
  let list = -1;
  let start = -1;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at] ?? 0;
    switch (byte) {
      case QUOTE: {
        const end = endOfString(body, at);
        if (depth === 1) key = body.toString("latin1", at + 1, end);
        at = end;
        break;
      }
      case OPEN_LIST:
      case OPEN:
        if (depth === 1 && key === "items" && byte === OPEN_LIST) list = start = at + 1;
        depth += 1;
        break;
      case COMMA:
        if (depth !== 2 || list < 0) break;
        items.push(body.subarray(start, at));
        start = at + 1;
        break;
      case CLOSE_LIST:
      case CLOSE:
        depth -= 1;
        if (depth !== 1 || list < 0) break;
        if (body.toString("latin1", start, at).trim() !== "") items.push(body.subarray(start, at));
        return { items, rest: `${body.toString("utf8", 0, list)}${body.toString("utf8", at)}` };
    }
  }
  return { items: [], rest: body.toString("utf8") };
}

/** Where the string that begins here ends: an even number of backslashes stands before its quote. */
function endOfString(body: Buffer, start: number): number {
  let end = body.indexOf(QUOTE, start + 1);
  while (end > 0) {
    let before = end - 1;
    while (body[before] === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 1) return end;
    end = body.indexOf(QUOTE, end + 1);
  }
  return body.length;
}
