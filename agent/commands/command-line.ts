// Picks the command and carries it out. The agent's own commands are here; `cli` adds those of a checkout.
import { errorTrace } from "../basics/error-text.ts";
import { classifyLines } from "./classify.ts";
import { readSettings, type Environment, type Settings } from "../settings/environment.ts";
import { diagnoseCommand } from "./diagnose.ts";
import { doctorCommand } from "./doctor.ts";
import { fixCommand } from "./fix.ts";
import { openLog } from "../settings/log.ts";
import { hushOf } from "../settings/secrets.ts";
import { NO_SCREEN, type Screen } from "../settings/screen.ts";
import { stateFolderOf } from "../settings/state-folder.ts";
import type { Hush } from "../ports/hush.ts";
import { planCommand } from "./plan.ts";
import type { Dialer } from "../probe/dialer.ts";
import { run } from "./run.ts";
import { nearest } from "./nearest.ts";
import { COMMANDS, usage, usageOf, VERSION_LINE, type Command, type Takes } from "./usage.ts";
import { withdrawCommand } from "./withdraw.ts";
import { fitted, painted } from "../words/fit.ts";
import { readWords, type Words } from "./words.ts";

export type Process = {
  readonly argv: readonly string[];
  readonly env: Environment;
  /** Ways out of this process; tests hand in their own. */
  readonly dialer: Dialer;
  readonly stopped: AbortSignal;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly input: AsyncIterable<Buffer | string>;
  /** Left out: no terminal. */
  readonly screen?: Screen;
  /** Asks the person at the terminal; `hidden`: what is typed is not shown. Left out: there is nobody. */
  readonly ask?: (question: string, hidden?: "hidden") => Promise<string>;
};

/** Commands beside the agent's, which read no settings of the agent; the exit code. */
export type More = {
  readonly commands: Readonly<Record<string, Command>>;
  run(name: string, words: Words, process: Process): Promise<number>;
};
const NO_MORE: More = { commands: {}, run: async () => 64 };

/** Runs one command; the exit code. */
export async function main(given: Process, more: More = NO_MORE): Promise<number> {
  const process = onScreen(given);
  const { out, err } = process;
  const commands = { ...COMMANDS, ...more.commands };
  const [first = "", ...rest] = process.argv;
  if (first === "--version") return say(out, VERSION_LINE, 0);
  // `help plan` is `plan --help`.
  const asksHelp = ["help", "--help", "-h"].includes(first);
  const [name = "", ...words] = asksHelp ? [...rest.slice(0, 1), "--help"] : [first, ...rest];
  if (name === "" || name === "--help") return say(out, usage(commands), asksHelp ? 0 : 64);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) return say(err, noCommand(name, commands), 64);
  const read = readWords(name, command.takes, words);
  if (!read.ok) return say(err, `${read.message}\n\n${usageOf(name, command)}`, 64);
  const { flags } = read.words;
  if (flags.has("help")) return say(out, usageOf(name, command), 0);
  if (flags.has("version")) return say(out, VERSION_LINE, 0);
  if (Object.hasOwn(more.commands, name)) return more.run(name, read.words, process);
  const settings = readSettings(await completed(process, command.takes, read.words));
  if (!settings.ok) return say(err, `${settings.message}\n`, 64);
  return carryOutHushed(name, read.words, { process, settings: settings.settings });
}

/** What a person reads fits the terminal; JSON and pipes are left as they are. */
function onScreen(process: Process): Process {
  const { columns, colour } = process.screen ?? NO_SCREEN;
  if (columns === null || process.argv.includes("--json")) return process;
  const shown = (text: string): string => {
    const lines = fitted(text, columns);
    return colour ? painted(lines) : lines;
  };
  return { ...process, out: (text) => process.out(shown(text)) };
}

/** The environment with what the options say, and the password that a person types. */
async function completed(
  { env, ask }: Process,
  { settings = {} }: Takes,
  { values }: Words,
): Promise<Environment> {
  const said = Object.entries(settings).flatMap(([option, name]) => {
    const value = values.get(option);
    return value === undefined ? [] : [[name, value]];
  });
  const all: Environment = { ...env, ...Object.fromEntries(said) };
  const { ROUTER_URL: url, ROUTER_PASSWORD: password, ROUTER_PASSWORD_FILE: file } = all;
  const isKnown = url === undefined || password !== undefined || file !== undefined;
  if (Object.keys(settings).length === 0 || isKnown || ask === undefined) return all;
  const question = `Password of ${all["ROUTER_USER"] ?? "the router's user"} on ${url}: `;
  return { ...all, ROUTER_PASSWORD: await ask(question, "hidden") };
}

function say(where: (text: string) => void, text: string, code: number): number {
  where(text);
  return code;
}

function noCommand(word: string, commands: Readonly<Record<string, Command>>): string {
  const near = nearest(word, Object.keys(commands));
  const meant = near === null ? "" : ` Did you mean ${near}?`;
  return `There is no command ${JSON.stringify(word)}.${meant}\n\n${usage(commands)}`;
}

type With = { readonly process: Process; readonly settings: Settings };

/** No secret of the settings is printed, whatever throws. */
async function carryOutHushed(
  command: string,
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
    quiet.err(`${errorTrace(cause)}\n`);
    return 1;
  }
}

async function carryOut(
  command: string,
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
    case "fix":
      return fixCommand(words, settings, { ...process, stateFolder: stateFolderOf(process.env) });
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
    default:
      return say(process.err, `${command} is not carried out here\n`, 64);
  }
}
