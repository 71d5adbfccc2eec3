// `diagnose` alone: what `npm run diagnose` runs, and the entry of dist/diagnose.cjs, one file for any
// Node from 20 on.
import { readSettings } from "../settings/environment.ts";
import { diagnoseCommand } from "./diagnose.ts";
import { directDialer } from "../probe/dialer.ts";

const USAGE = `diagnose [--json] [REGISTRY…]

Measures the path to a registry (default docker.io) over IPv4 and IPv6 and says what it proves. It
changes nothing. Exit codes: 0 healthy, 1 a fault was found, 2 could not tell, 64 usage.
`;

async function main(argv: readonly string[]): Promise<number> {
  if (argv.some((word) => ["help", "--help", "-h"].includes(word))) {
    process.stdout.write(USAGE);
    return 0;
  }
  const read = readSettings(process.env);
  if (!read.ok) {
    process.stderr.write(`${read.message}\n`);
    return 64;
  }
  return diagnoseCommand(argv, read.settings, {
    dialer: directDialer(),
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  });
}

void main(process.argv.slice(2)).then((code) => (process.exitCode = code));
