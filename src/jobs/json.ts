/** Undefined if it is no JSON: what else is wrong with it, its schema says. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
