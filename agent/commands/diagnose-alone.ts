// `diagnose` alone: what `npm run diagnose` runs, and the entry of dist/diagnose.cjs, one file for any
// Node from 20 on.
import { readSettings } from "../settings/environment.ts";
import { diagnoseCommand } from "./diagnose.ts";
import { COMMANDS, VERSION_LINE } from "./usage.ts";
import { readWords } from "./words.ts";
import { directDialer } from "../probe/dialer.ts";

const USAGE = `diagnose [REGISTRY…] [--json]

Measures the path to a registry (default docker.io) over IPv4 and IPv6 and says what it proves. It
changes nothing. Exit codes: 0 healthy, 1 a fault was found, 2 could not tell, 64 usage.
`;

const TAKES = COMMANDS["diagnose"]?.takes ?? { flags: [] };

async function main(argv: readonly string[]): Promise<number> {
  const words = readWords("diagnose", TAKES, argv);
  if (!words.ok) return say(process.stderr, `${words.message}\n\n${USAGE}`, 64);
  const { flags, others } = words.words;
  if (flags.has("help") || others.includes("help")) return say(process.stdout, USAGE, 0);
  if (flags.has("version")) return say(process.stdout, VERSION_LINE, 0);
  const read = readSettings(process.env);
  if (!read.ok) return say(process.stderr, `${read.message}\n`, 64);
  return diagnoseCommand(words.words, read.settings, {
    dialer: directDialer(),
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  });
}

function say(where: NodeJS.WriteStream, text: string, code: number): number {
  where.write(text);
  return code;
}

void main(process.argv.slice(2)).then((code) => (process.exitCode = code));
