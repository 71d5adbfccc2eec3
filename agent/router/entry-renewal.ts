// An entry of ours gets its whole lifetime again.
import type { Action } from "../../src/protocol/report.ts";
import type { FaultKind, RouterFault } from "./fault.ts";
import type { ListEntry } from "./list-entry.ts";
import type { ListMenu } from "./list-menu.ts";

export type Renewal = {
  readonly actions: readonly Action[];
  /** Null if it was renewed, or is gone. */
  readonly fault: RouterFault | null;
  readonly gone: boolean;
};

/** Not every version changes an entry with a timeout; which answer it gives then is not known. */
const CANNOT_BE_CHANGED: readonly FaultKind[] = ["refused", "unchangeable"];

/** PATCH; where the router refuses that, DELETE and PUT. An entry that is gone is not added. */
export async function renew(menu: ListMenu, entry: ListEntry, network: string): Promise<Renewal> {
  const patched = await menu.renew(entry);
  const { actions, fault } = patched;
  if (fault === null) return { actions, fault, gone: false };
  if (fault.kind === "not-found") return { actions, fault: null, gone: true };
  if (!CANNOT_BE_CHANGED.includes(fault.kind)) return { actions, fault, gone: false };

  const removed = await menu.remove(entry);
  const soFar = [...actions, ...removed.actions];
  if (removed.gone || removed.fault !== null)
    return { actions: soFar, fault: removed.fault, gone: removed.gone };
  const added = await menu.add(network);
  return { actions: [...soFar, ...added.actions], fault: added.fault, gone: false };
}

/** What a router's clock and its whole seconds may differ by. */
const ROUNDING_MS = 2_000;

/** Of the agent's clock, ms. */
export type Times = { readonly since: number; readonly now: number };

/** Whether an entry that was renewed (or added) at `since` or later has its new lifetime, now. */
export function hasNewLife(
  { leftMs }: ListEntry,
  lifetimeMs: number,
  { since, now }: Times,
): boolean {
  return leftMs === null || leftMs >= lifetimeMs - (now - since) - ROUNDING_MS;
}
