// A message as the software wrote it, before any wrapper escaped or cut it.

import { inEnglish } from "./localised.ts";

// The outermost wrapper stands first and the innermost cause last; a page of HTML stands between.
// Kubernetes keeps 1 kB of an event, so only logs and status messages are ever cut.
const HEAD_CHARS = 12_000;
const TAIL_CHARS = 4_000;

/** In lower case, without escapes, on one line, with plain quotes; what is not ASCII is a "?". */
export function plainText(message: string): string {
  const kept =
    message.length <= HEAD_CHARS + TAIL_CHARS
      ? message
      : `${message.slice(0, HEAD_CHARS)} ... ${message.slice(-TAIL_CHARS)}`;
  const plain = kept
    .replaceAll("\\n", " ")
    .replaceAll("\\", "")
    .replace(/[\u201c\u201d\u201e\u00ab\u00bb]/g, '"')
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/\s/g, " ")
    .toLowerCase();
  return inEnglish(plain).replace(/[^ -~]/g, "?");
}
