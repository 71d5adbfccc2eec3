// Our entries that are still there live on; one that is gone is never put back.
import type { Clock } from "../ports/clock.ts";
import type { Failure, Result } from "../ports/result.ts";
import { hasNewLife, renew, type Renewal, type Times } from "./entry-renewal.ts";
import { endsWriting, failureOf } from "./fault.ts";
import { isLive, isOurEntry, type ListEntry } from "./list-entry.ts";
import type { ListMenu } from "./list-menu.ts";

type Renewed = Renewal & { readonly network: string };

/** How many of our entries have their whole lifetime again. */
export async function refreshEntries(menu: ListMenu, clock: Clock): Promise<Result<number>> {
  const read = await menu.read();
  if (!read.ok) return { ok: false, error: failureOf(read.fault) };
  const ours = read.value.filter((entry) => isOurEntry(entry) && isLive(entry));
  if (ours.length === 0) return { ok: true, value: 0 };

  const since = clock.now();
  const renewed: Renewed[] = [];
  for (const entry of ours) {
    const network = entry.network ?? entry.address;
    const renewal = await renew(menu, entry, network);
    renewed.push({ ...renewal, network });
    if (renewal.fault !== null && endsWriting(renewal.fault)) break;
  }
  const actions = renewed.flatMap((one) => one.actions);
  const last = renewed.at(-1)?.fault ?? null;
  if (last?.kind === "login") return { ok: false, error: { ...failureOf(last), actions } };
  const again = await menu.read();
  if (!again.ok) return { ok: false, error: { ...failureOf(again.fault, true), actions } };
  return countKept(menu, { entries: again.value, since, now: clock.now() }, renewed);
}

/** The list as it was read `now`; the first renewal was sent `since`. Of the agent's clock, ms. */
type ReadBack = Times & { readonly entries: readonly ListEntry[] };

function countKept(menu: ListMenu, read: ReadBack, renewed: readonly Renewed[]): Result<number> {
  const actions = renewed.flatMap((one) => one.actions);
  let count = 0;
  for (const { network, fault, gone } of renewed) {
    const now = read.entries.find(
      (entry) => isOurEntry(entry) && isLive(entry) && entry.network === network,
    );
    const lives = now !== undefined && hasNewLife(now, menu.lifetimeMs, read);
    if (lives) count += 1;
    // Gone by itself or by a person's hand is no failure; gone because our PUT failed is one.
    else if (!gone && (now !== undefined || fault !== null)) {
      const message = `${network} in the list ${menu.list} on ${menu.on} could not be kept`;
      const why: Failure = fault
        ? failureOf(fault)
        : { next: "retry", uncertain: false, message: "its time is as it was" };
      return { ok: false, error: { ...why, message: `${message}: ${why.message}`, actions } };
    }
  }
  return { ok: true, value: count };
}
