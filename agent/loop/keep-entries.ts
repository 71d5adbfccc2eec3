// Timed entries are given their lifetime again while they are needed. If this process dies, or IPv4
// does, nobody does that, and the router forgets them by itself.
import type { Reading } from "../../src/protocol/round.ts";
import { turnByTurn } from "./turn-by-turn.ts";
import type { Clock } from "../ports/clock.ts";
import type { Network } from "../ports/network.ts";
import type { Router } from "../ports/router.ts";

export type KeepEntries = {
  readonly router: Router;
  readonly network: Pick<Network, "failingOverIpv4">;
  readonly clock: Pick<Clock, "now">;
  /** The hosts whose clients the entries send to IPv4. */
  readonly hosts: readonly string[];
  /** Facts with an `error` are logged as a warning. */
  readonly log: (message: string, facts: Readonly<Record<string, unknown>>) => void;
};

/**
 * Turn after turn until stopped, the first at once: an agent that was away may find entries with a
 * minute left. What fails is logged, and tried again in the next turn; never rejects.
 */
export async function keepRefreshing(
  options: KeepEntries,
  everyMs: number,
  stopped: AbortSignal,
): Promise<void> {
  const failed = (error: string) => options.log(NOT_REFRESHED, { error });
  await turnByTurn(() => keepEntries(options), everyMs, { stopped, failed });
}

const NOT_REFRESHED = "entries not refreshed";

/** One turn; never rejects for what can be expected. Adds nothing: only a job with a verdict may. */
export async function keepEntries(options: KeepEntries): Promise<void> {
  const { router, network, hosts, log } = options;
  if (router.refresh === null) return;
  const failing = await network.failingOverIpv4(hosts);
  if (failing.length > 0) return leftToExpire(failing, options);
  const refreshed = await router.refresh();
  if (!refreshed.ok) log(NOT_REFRESHED, { error: refreshed.error.message });
  else if (refreshed.value > 0) log("entries refreshed", { entries: refreshed.value });
}

/** Where there is no entry, there is nothing to say. */
async function leftToExpire(
  failing: readonly Reading[],
  { router, clock, log }: KeepEntries,
): Promise<void> {
  const error = failing.map(inWords).join("; ");
  const seen = await router.look();
  if (!seen.ok) return log(NOT_REFRESHED, { error, router: seen.error.message });
  const { entriesLeftMs } = seen.value;
  if (entriesLeftMs === undefined) return;
  log(NOT_REFRESHED, { error, until: new Date(clock.now() + entriesLeftMs).toISOString() });
}

function inWords({ host, address, outcome, reached, status, detail }: Reading): string {
  const at = address === "" ? "" : ` at ${address}`;
  const why = status === undefined ? (detail ?? "without a reason") : `HTTP ${status}`;
  return `${host}${at} over IPv4: ${outcome} after ${reached} (${why})`;
}
