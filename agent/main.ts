// The agent's command line: picks the command. Node runs it as it is.
import { END_MS } from "./loop/ending.ts";
import { classifyLines } from "./commands/classify.ts";
import { readSettings, type Environment, type Settings } from "./settings/environment.ts";
import { diagnoseCommand } from "./commands/diagnose.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { openLog } from "./settings/log.ts";
import { hushOf } from "./settings/secrets.ts";
import type { Hush } from "./ports/hush.ts";
import { planCommand } from "./commands/plan.ts";
import { directDialer, type Dialer } from "./probe/dialer.ts";
import { run } from "./commands/run.ts";
import { nearest } from "./commands/nearest.ts";
import {
  COMMAND_NAMES,
  isCommand,
  usage,
  usageOf,
  VERSION_LINE,
  type CommandName,
} from "./commands/usage.ts";
import { withdrawCommand } from "./commands/withdraw.ts";
import { readWords, type Words } from "./commands/words.ts";

export type Process = {
  readonly argv: readonly string[];
  readonly env: Environment;
  /** Ways out of this process; tests hand in their own. */
  readonly dialer: Dialer;
  readonly stopped: AbortSignal;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly input: AsyncIterable<Buffer | string>;
};

/** Runs one command; the exit code. */
export async function main(process: Process): Promise<number> {
  const { out, err } = process;
  const [first = "", ...rest] = process.argv;
  if (first === "--version") return say(out, VERSION_LINE, 0);
  // `help plan` is `plan --help`.
  const asksHelp = ["help", "--help", "-h"].includes(first);
  const [command = "", ...words] = asksHelp ? [...rest.slice(0, 1), "--help"] : [first, ...rest];
  if (command === "" || command === "--help") return say(out, usage(), asksHelp ? 0 : 64);
  if (!isCommand(command)) return say(err, noCommand(command), 64);
  const read = readWords(command, words);
  if (!read.ok) return say(err, `${read.message}\n\n${usageOf(command)}`, 64);
  const { flags } = read.words;
  if (flags.has("help")) return say(out, usageOf(command), 0);
  if (flags.has("version")) return say(out, VERSION_LINE, 0);
  const settings = readSettings(process.env);
  if (!settings.ok) return say(err, `${settings.message}\n`, 64);
  return carryOutHushed(command, read.words, { process, settings: settings.settings });
}

function say(where: (text: string) => void, text: string, code: number): number {
  where(text);
  return code;
}

function noCommand(word: string): string {
  const near = nearest(word, COMMAND_NAMES);
  const meant = near === null ? "" : ` Did you mean ${near}?`;
  return `There is no command ${JSON.stringify(word)}.${meant}\n\n${usage()}`;
}

type With = { readonly process: Process; readonly settings: Settings };

/** No secret of the settings is printed, whatever throws. */
async function carryOutHushed(
  command: CommandName,
  words: Words,
  { process, settings }: With,
): Promise<number> {
  const hush = hushOf(settings);
  const quiet = {
    ...process,
    out: (text: string) => process.out(hush.text(text)),
    err: (text: string) => process.err(hush.text(text)),
  };
  try {
    return await carryOut(command, words, { settings, process: quiet, hush });
  } catch (cause) {
    quiet.err(`${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`);
    return 1;
  }
}

async function carryOut(
  command: CommandName,
  words: Words,
  { process, settings, hush }: With & { readonly hush: Hush },
): Promise<number> {
  switch (command) {
    case "run": {
      const { stopped, dialer } = process;
      const log = openLog(settings.LOG_LEVEL, hush);
      const lacking = await run(settings, { stopped, dialer, log, hush });
      return lacking === null ? 0 : say(process.err, `${lacking}\n`, 64);
    }
    case "diagnose":
      return diagnoseCommand(words, settings, process);
    case "classify":
      return classifyLines(process.input, process.out);
    case "plan":
      return planCommand(words, settings, process);
    case "doctor":
      return doctorCommand(words, settings, process);
    case "withdraw":
      return withdrawCommand(words, settings, process);
  }
}

if (import.meta.main) {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => {
      stop.abort();
      // A router, the Worker or DNS may never answer; a pool's idle connections are no reason either.
      setTimeout(() => process.exit(1), END_MS).unref();
    });
  // Who reads us may stop reading (`| head`): then nobody is left to be told.
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      process.exit(0);
    });
  // No top-level await: the image's bundle is CommonJS.
  void main({
    argv: process.argv.slice(2),
    env: process.env,
    dialer: directDialer(),
    stopped: stop.signal,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    input: process.stdin,
  }).then((code) => (process.exitCode = code));
}
