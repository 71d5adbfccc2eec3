// One command, run to its end with a limit on time and output.
import { execFile } from "node:child_process";
import type { Place } from "./addresses.ts";

export type ExecuteOptions = {
  /** Standard input. */
  readonly input?: string;
  /** Default: 10 s. */
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string>>;
};

/** Where Debian keeps ip, nft and ethtool; an ordinary user's PATH leaves it out. */
export const TOOL_PATH = `${process.env["PATH"] ?? "/usr/bin:/bin"}:/usr/sbin:/sbin`;

const MAX_OUTPUT_BYTES = 8 * 1024 * 1024;

/** Resolves with the standard output; rejects with all that the command said. */
export function execute(
  command: readonly string[],
  { input = "", timeoutMs = 10_000, env = {} }: ExecuteOptions = {},
): Promise<string> {
  const [file = "", ...args] = command;
  const settings = {
    timeout: timeoutMs,
    killSignal: "SIGKILL" as const,
    maxBuffer: MAX_OUTPUT_BYTES,
    env: { PATH: TOOL_PATH, ...env },
  };
  return new Promise((resolve, reject) => {
    const child = execFile(file, args, settings, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const end = error.killed ? `no end after ${timeoutMs} ms` : `code ${error.code ?? "none"}`;
      const said = [stdout, stderr].join("\n").trim();
      reject(new Error(`${command.join(" ")}: ${end}: ${said === "" ? error.message : said}`));
    });
    // A command that ends before it has read everything is judged by its exit code alone.
    child.stdin?.on("error", () => child.stdin?.destroy());
    child.stdin?.end(input);
  });
}

/** The command, to be run in one of the lab's namespaces. */
export function inPlace(place: Place, command: readonly string[]): string[] {
  return ["ip", "netns", "exec", place, ...command];
}
