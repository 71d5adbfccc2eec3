// Text of other programs that should be JSON.

/** Undefined where it is none: every schema then refuses it, and says so. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
