// What an error of a socket, a handshake or a request means for a reading.
import * as z from "zod";
import type { Reading } from "../../src/protocol/round.ts";
import { errorText } from "../basics/error-text.ts";
import type { Ended } from "../sockets/limit.ts";

const Coded = z.object({ code: z.string() });

/** Node's error code (`ECONNRESET`, `ERR_…`); empty if the error has none. */
export function errorCode(error: unknown): string {
  const parsed = Coded.safeParse(error);
  return parsed.success ? parsed.data.code : "";
}

/**
 * One short line about an error; at most 200 characters. Node appends this node's own address
 * (` - Local (…)`), which reports must not hold in full.
 */
export function shownError(error: unknown): string {
  return errorText(error)
    .replace(/ - Local \(.*\)$/, "")
    .slice(0, 200);
}

const OUTCOMES: ReadonlyMap<string, Reading["outcome"]> = new Map([
  ["ECONNREFUSED", "refused"],
  ["EHOSTUNREACH", "unreachable"],
  ["ENETUNREACH", "unreachable"],
  ["EHOSTDOWN", "unreachable"],
  // ICMP "administratively prohibited", and a reject in the node's own firewall.
  ["EACCES", "unreachable"],
  ["EPERM", "unreachable"],
  ["EADDRNOTAVAIL", "no-route"],
  // Node also says ECONNRESET when the other side closes in the middle of a stage.
  ["ECONNRESET", "reset"],
  ["ECONNABORTED", "reset"],
  ["EPIPE", "reset"],
  ["ETIMEDOUT", "timeout"],
]);

type Failed = Exclude<Ended<unknown>, { kind: "done" }>;
type Failure = Pick<Reading, "outcome"> & { readonly detail: string };

/** What a stage that did not get through says; `detail` is one short line. */
export function failureOf(ended: Failed): Failure {
  switch (ended.kind) {
    case "timeout":
      return { outcome: "timeout", detail: `no answer within ${Math.round(ended.ms)} ms` };
    case "cut":
      return { outcome: "unknown", detail: "the round ended first" };
    case "failed":
      return {
        outcome: OUTCOMES.get(errorCode(ended.error)) ?? "failed",
        detail: shownError(ended.error),
      };
  }
}

/** Linux: the port is bound, or still kept back for this address (TIME_WAIT). */
const PORT_TAKEN = ["EADDRINUSE", "EADDRNOTAVAIL"];

/** The same for a connection from a port that was chosen for it: if that is taken, nothing was sent. */
export function failureFromPort(port: number, ended: Failed): Failure {
  const taken = ended.kind === "failed" && PORT_TAKEN.includes(errorCode(ended.error));
  const { outcome, detail } = failureOf(ended);
  return taken
    ? { outcome: "failed", detail: `test port busy: ${port} (${detail})` }
    : { outcome, detail };
}
