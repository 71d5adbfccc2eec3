import type { Label } from "./labels.ts";

/** Where in a masked text something stands: its index, or -1. */
type Finder = (text: string) => number;

/** One wording of a cause. The `id` is the wording itself; no two of a label are alike. */
export type Signature = { readonly id: string; readonly find: Finder };

/** The signatures of one label. Rules are tried in order; the first that finds something wins. */
export type Rule = { readonly label: Label; readonly signatures: readonly Signature[] };

/** Lower-case phrases, one signature each. */
export function says(...phrases: readonly string[]): Signature[] {
  return phrases.flatMap((phrase) => finds(`"${phrase}"`, (text) => text.indexOf(phrase)));
}

/** Patterns, one signature each; none may hold nested or unbounded quantifiers. */
export function matches(...patterns: readonly RegExp[]): Signature[] {
  return patterns.flatMap((pattern) => finds(String(pattern), (text) => text.search(pattern)));
}

/** What neither a phrase nor a pattern can say. */
export function finds(id: string, find: Finder): Signature[] {
  return [{ id, find }];
}

/** The signatures of several of these lists as one. */
export function either(...lists: readonly (readonly Signature[])[]): Signature[] {
  return lists.flat();
}

/** Where the earliest of some signatures stands: its index, or -1. */
export function earliest(signatures: readonly Signature[], text: string): number {
  const found = signatures.map(({ find }) => find(text)).filter((index) => index >= 0);
  return found.length === 0 ? -1 : Math.min(...found);
}
