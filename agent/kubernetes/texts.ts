// Texts are read as soon as their page has come, and forgotten: thousands of pods with long and
// different texts would not fit into the agent's heap.
import { hash } from "node:crypto";
import { endsOf, readText, type Said } from "../classify/pull-message.ts";

/** `text`: its two ends, for people. */
type ReadText = { readonly said: Said; readonly text: string };
/** Reads one text of a kubelet. Equal texts near one another in a list are read and kept once. */
export type TextReader = (text: string) => ReadText;

/** The pods of one owner stand together in a list, and so do their events. */
const MOST_KEPT = 256;

export function createTextReader(): TextReader {
  const kept = new Map<string, ReadText>();
  return (text) => {
    // By its hash: a text that is kept past its page makes the old part of the heap grow.
    const key = hash("sha256", text, "base64");
    const before = kept.get(key);
    if (before !== undefined) return before;
    const { host, mirrorOf, ...said } = readText(text);
    const found: ReadText = {
      said: {
        ...said,
        host: host === null ? null : ownCopy(host),
        mirrorOf: mirrorOf === null ? null : ownCopy(mirrorOf),
      },
      text: ownCopy(endsOf(text)),
    };
    const oldest = kept.keys().next();
    if (kept.size >= MOST_KEPT && !oldest.done) kept.delete(oldest.value);
    kept.set(key, found);
    return found;
  };
}

/** In V8 a slice of a string keeps all of that string alive; what comes out of a buffer is new. */
export function ownCopy(text: string): string {
  return Buffer.from(text).toString();
}
