// A write gives an Action for the report. What became of the router is only known by reading it.
import type { Action } from "../../src/protocol/report.ts";
import type { Clock } from "../ports/clock.ts";
import type { RouterClient } from "./client.ts";
import type { RouterFault } from "./fault.ts";
import type { Write } from "./paths.ts";

export type Written = {
  /** Empty if nothing was sent. */
  readonly actions: readonly Action[];
  readonly fault: RouterFault | null;
  /** It was to be removed, and was gone already: that is no fault. */
  readonly gone: boolean;
};

/** `what`: in words, for the report. */
export type Writer = (what: string, write: Write) => Promise<Written>;

/** Asks `stillAllowed` right before each write is sent. */
export function createWriter(
  client: RouterClient,
  clock: Clock,
  stillAllowed: () => boolean,
): Writer {
  return async (what, write) => {
    const at = clock.now();
    const answered = await client.write(write, stillAllowed);
    const missing = !answered.ok && answered.fault.kind === "not-found";
    const gone = missing && write.method === "DELETE";
    const fault = answered.ok || gone ? null : answered.fault;
    if (fault?.kind === "not-sent" || fault?.kind === "stale-id")
      return { actions: [], fault, gone };
    const on = `/${write.path.replace(/\/(\*.*|move)$/, "")} on ${client.on}`;
    const done = gone ? "it was gone already" : "done";
    const detail = fault === null ? done : `${fault.status ?? ""} ${fault.detail}`.trim();
    const action = { at, ms: clock.now() - at, what, on, ok: fault === null, detail };
    return { actions: [action], fault, gone };
  };
}
