// The agent's log: JSON lines on standard output. Every text in it has gone through `hush`.
import type { Log } from "../ports/log.ts";
import { pino } from "pino";
import * as z from "zod";
import type { Hush } from "../ports/hush.ts";

const Facts = z.record(z.string(), z.unknown());

/** What only helps to find a fault of the agent's own. */
const DETAILS: readonly string[] = ["poll answered", "readings"];

/** Failures are logged at `warn`, everything else at `info`. */
export function openLog(level: string, hush: Hush): Log {
  const logger = pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: ["authorization", "token", "password", "headers", "body"],
  });
  return (message, facts) => {
    const told = Facts.parse(hush.value(facts));
    const text = hush.text(message);
    if ("error" in facts) return logger.warn(told, text);
    return DETAILS.includes(message) ? logger.debug(told, text) : logger.info(told, text);
  };
}
