// The words behind a command, read by parseArgs; a wrong one is told with the nearest right one.
import { parseArgs, type ParseArgsConfig } from "node:util";
import { nearest } from "./nearest.ts";
import type { Takes } from "./usage.ts";

export type Words = {
  /** Options without a value that were given. */
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  /** All other words, in order. */
  readonly others: readonly string[];
};
type Read = { readonly ok: true; readonly words: Words } | Wrong;
type Wrong = { readonly ok: false; readonly message: string };

/** `--help` and `--version` are flags of every command. The message is one sentence a person can act on. */
export function readWords(command: string, takes: Takes, argv: readonly string[]): Read {
  const { values = {} } = takes;
  const options: NonNullable<ParseArgsConfig["options"]> = {};
  for (const name of flagsOf(takes)) options[name] = { type: "boolean" };
  for (const name of Object.keys(values)) options[name] = { type: "string" };
  const args = argv.map((word) => (word === "-h" ? "--help" : word));
  const { tokens } = parseArgs({ args, options, strict: false, tokens: true });
  const flags = new Set<string>();
  const given = new Map<string, string>();
  const others: string[] = [];
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      if (takes.others === undefined) return wrongWord(command, takes, token.value);
      others.push(token.value);
      continue;
    }
    const { name, rawName, value } = token;
    const allowed = Object.hasOwn(values, name) ? values[name] : undefined;
    if (allowed !== undefined) {
      const fits = allowed === null ? value !== "" : allowed.includes(value ?? "");
      if (value === undefined || !fits)
        return wrong(`${command} ${rawName} takes ${wordsFor(allowed)}${notThis(value)}`);
      given.set(name, value);
    } else if (flagsOf(takes).includes(name)) {
      if (value !== undefined)
        return wrong(`${command} ${rawName} takes no value${notThis(value)}`);
      flags.add(name);
    } else return wrongWord(command, takes, rawName);
  }
  return { ok: true, words: { flags, values: given, others } };
}

function flagsOf({ flags }: Takes): readonly string[] {
  return [...flags, "help", "version"];
}

function wordsFor(allowed: readonly string[] | null): string {
  return allowed === null ? "a value" : allowed.join(" or ");
}

function wrongWord(command: string, takes: Takes, word: string): Wrong {
  const names = [...takes.flags, ...Object.keys(takes.values ?? {})];
  const all = [...names, "help", "version"].map((name) => `--${name}`);
  const near = nearest(word.startsWith("-") ? word : `--${word}`, all);
  const meant = near === null ? "" : `; did you mean ${near}?`;
  const others = takes.others === undefined ? [] : [takes.others];
  const may = [...others, ...names.map((name) => `--${name}`)].join(", ") || "no option";
  return wrong(`${command} takes ${may}, not ${JSON.stringify(word)}${meant}`);
}

function notThis(value: string | undefined): string {
  return value === undefined ? "" : `, not ${JSON.stringify(value)}`;
}

function wrong(message: string): Wrong {
  return { ok: false, message };
}
