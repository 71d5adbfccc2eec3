// The agent's commands, run through main() as the command line does.
import { main, type Process } from "../../agent/commands/command-line.ts";
import type { Screen } from "../../agent/settings/screen.ts";
import { directDialer } from "../../agent/probe/dialer.ts";

export type Ran = { readonly code: number; readonly out: string; readonly err: string };

/** Runs one command line to its end; `input` is its standard input. */
export async function agentCommand(
  argv: readonly string[],
  env: Process["env"] = {},
  changes: {
    readonly dialer?: Process["dialer"];
    readonly input?: readonly string[];
    readonly screen?: Screen;
  } = {},
): Promise<Ran> {
  let out = "";
  let err = "";
  const code = await main({
    argv,
    env,
    dialer: changes.dialer ?? directDialer(),
    stopped: new AbortController().signal,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    input: chunks(changes.input ?? []),
    ...(changes.screen === undefined ? {} : { screen: changes.screen }),
  });
  return { code, out, err };
}

async function* chunks(texts: readonly string[]): AsyncIterable<string> {
  yield* texts;
}
