// What a terminal shows: its width, and whether colours help.
import type { Environment } from "./environment.ts";

export type Screen = {
  /** Null: no terminal, so lines are as long as they are. */
  readonly columns: number | null;
  readonly colour: boolean;
};

/** No terminal: a file or a program reads it, as it is. */
export const NO_SCREEN: Screen = { columns: null, colour: false };

/** `NO_COLOR` and a dumb terminal turn colours off. */
export function screenOf(
  env: Environment,
  { isTTY = false, columns }: { readonly isTTY?: boolean; readonly columns?: number },
): Screen {
  if (!isTTY) return NO_SCREEN;
  const colour = !env["NO_COLOR"] && env["TERM"] !== "dumb";
  return { columns: columns ?? 80, colour };
}
