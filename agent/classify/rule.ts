import type { Label } from "./labels.ts";

/** Where in a masked text a cause stands: its index, or -1. */
export type Finder = (text: string) => number;

/** One signature of one label. Rules are tried in order; the first that finds something wins. */
export type Rule = { readonly label: Label; readonly find: Finder };

/** Finds the earliest of some lower-case phrases. */
export function says(...phrases: readonly string[]): Finder {
  return (text) => earliest(phrases.map((phrase) => text.indexOf(phrase)));
}

/** Finds the earliest match of some patterns; none may hold nested or unbounded quantifiers. */
export function matches(...patterns: readonly RegExp[]): Finder {
  return (text) => earliest(patterns.map((pattern) => text.search(pattern)));
}

/** Finds what the earliest of some finders finds. */
export function either(...finders: readonly Finder[]): Finder {
  return (text) => earliest(finders.map((find) => find(text)));
}

function earliest(indexes: readonly number[]): number {
  const found = indexes.filter((index) => index >= 0);
  return found.length === 0 ? -1 : Math.min(...found);
}
