// The agent's log: JSON lines on standard output. Secrets do not get here; those that would by
// mistake are blanked by name.
import type { Log } from "../ports/log.ts";
import { pino } from "pino";

/** Failures are logged at `warn`, everything else at `info`. */
export function openLog(level: string): Log {
  const logger = pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: ["authorization", "token", "password", "headers", "body"],
  });
  return (message, facts) =>
    "error" in facts ? logger.warn(facts, message) : logger.info(facts, message);
}
