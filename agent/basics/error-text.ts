// What an unknown error says.

/** The message of whatever was thrown. */
export function errorText(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** With the stack where there is one: for a bug, which is told to whoever mends it. */
export function errorTrace(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
