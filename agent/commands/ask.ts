// A question to the person at the terminal.
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** The answer; empty when told to stop. Questions go to standard error. */
export function askAtTerminal(stopped: AbortSignal) {
  return async (question: string, hidden?: "hidden"): Promise<string> => {
    const nowhere = new Writable({ write: (_text, _encoding, done) => done() });
    const output = hidden === undefined ? process.stderr : nowhere;
    if (hidden !== undefined) process.stderr.write(question);
    const lines = createInterface({ input: process.stdin, output, terminal: true });
    // Readline takes Ctrl-C for itself.
    lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
    try {
      return await lines.question(hidden === undefined ? question : "", { signal: stopped });
    } catch {
      return "";
    } finally {
      lines.close();
      if (hidden !== undefined) process.stderr.write("\n");
    }
  };
}
