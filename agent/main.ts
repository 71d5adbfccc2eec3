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
import { withdrawCommand } from "./commands/withdraw.ts";

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

const USAGE = `backon's agent: npm run agent -- COMMAND [--json]

  run                        take jobs from the Worker and carry them out
  diagnose [REGISTRY…]       measure the path to a registry (default docker.io); changes nothing
  classify                   pull errors on standard input, a line each → label, host, family
  plan [--format routeros]   the rule for this configuration, to type by hand
  doctor                     settings, Worker, router, cluster, network: what is wrong, how to mend it
  withdraw [--all]           take our rule off the router, without the Worker; with --all
                             although other clusters use it

Exit codes: 0 healthy or done, 1 a fault was found or it failed, 2 could not tell, 64 usage.
Settings are environment variables: docs/settings.md.
`;

/** Runs one command; the exit code. */
export async function main(process: Process): Promise<number> {
  const [command = "", ...rest] = process.argv;
  if (["", "help", "--help", "-h"].includes(command)) {
    process.out(USAGE);
    return command === "" ? 64 : 0;
  }
  const read = readSettings(process.env);
  if (!read.ok) {
    process.err(`${read.message}\n`);
    return 64;
  }
  const hush = hushOf(read.settings);
  const quiet = {
    ...process,
    out: (text: string) => process.out(hush.text(text)),
    err: (text: string) => process.err(hush.text(text)),
  };
  try {
    return await carriedOut(command, rest, { settings: read.settings, process: quiet, hush });
  } catch (cause) {
    quiet.err(`${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`);
    return 1;
  }
}

type Given = {
  readonly settings: Settings;
  readonly process: Process;
  readonly hush: Hush;
};

async function carriedOut(
  command: string,
  rest: readonly string[],
  { settings, process, hush }: Given,
): Promise<number> {
  switch (command) {
    case "run": {
      const log = openLog(settings.LOG_LEVEL, hush);
      const lacking = await run(settings, {
        stopped: process.stopped,
        dialer: process.dialer,
        log,
        hush,
      });
      if (lacking !== null) process.err(`${lacking}\n`);
      return lacking === null ? 0 : 64;
    }
    case "diagnose":
      return diagnoseCommand(rest, settings, process);
    case "classify":
      return classifyLines(process.input, process.out);
    case "plan":
      return planCommand(rest, settings, process);
    case "doctor":
      return doctorCommand(rest, settings, process);
    case "withdraw":
      return withdrawCommand(rest, settings, process);
    default:
      process.err(`There is no command ${JSON.stringify(command)}.\n\n${USAGE}`);
      return 64;
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
