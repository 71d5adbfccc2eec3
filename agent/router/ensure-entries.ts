// Each network is in the list: by an entry of ours with its whole lifetime, or by a person's. Looks
// before it acts, and believes only what it reads back.
import type { Action } from "../../src/protocol/report.ts";
import type { Clock } from "../ports/clock.ts";
import type { Failure, Result } from "../ports/result.ts";
import { hasNewLife, renew } from "./entry-renewal.ts";
import { endsWriting, failureOf, type RouterFault } from "./fault.ts";
import { isLive, isOurEntry, liveAround, liveNetworks, type ListEntry } from "./list-entry.ts";
import type { ListMenu } from "./list-menu.ts";

export type EntriesWanted = {
  readonly networks: readonly string[];
  readonly clock: Clock;
  /** Checked before the first write, and not where nothing has to be written. */
  readonly ready: () => Promise<Failure | null>;
};

export type EntriesEnsured = {
  /** True if this call added an entry. */
  readonly added: boolean;
  /** What the list keeps clients from now. */
  readonly listed: readonly string[];
  readonly actions: readonly Action[];
};

type Step = { readonly network: string; readonly renew: ListEntry | null };

export async function ensureEntries(
  menu: ListMenu,
  { networks, clock, ready }: EntriesWanted,
): Promise<Result<EntriesEnsured>> {
  const read = await menu.read();
  if (!read.ok) return { ok: false, error: failureOf(read.fault) };
  const before = read.value;
  const disabled = networks.flatMap((network) => disabledByPerson(before, network) ?? [])[0];
  if (disabled !== undefined) return giveUp(menu, disabled);
  // What is not there yet comes first: a slow router may take all the time that there is.
  const steps = networks
    .flatMap((network) => stepFor(before, network) ?? [])
    .toSorted((a, b) => Number(a.renew !== null) - Number(b.renew !== null));
  if (steps.length === 0)
    return { ok: true, value: { added: false, listed: liveNetworks(before), actions: [] } };
  const unready = await ready();
  if (unready !== null) return { ok: false, error: unready };

  const since = clock.now();
  const { actions, tried, fault } = await carryOut(menu, steps);
  if (fault?.kind === "login" || fault?.kind === "not-sent")
    return { ok: false, error: { ...failureOf(fault), actions } };
  const again = await menu.read();
  if (!again.ok) return { ok: false, error: { ...failureOf(again.fault, true), actions } };
  const times = { since, now: clock.now() };
  const isRenewed = (entry: ListEntry): boolean => hasNewLife(entry, menu.lifetimeMs, times);
  const lacking = networks.find((network) => !isListed(again.value, network, isRenewed));
  if (lacking !== undefined)
    return { ok: false, error: { ...notListed(menu, lacking, fault), actions } };
  const added = tried.some((network) => ourLive(again.value, network) !== undefined);
  return { ok: true, value: { added, listed: liveNetworks(again.value), actions } };
}

function stepFor(entries: readonly ListEntry[], network: string): Step | null {
  const ours = ourLive(entries, network);
  if (ours !== undefined) return { network, renew: ours };
  return liveAround(entries, network).length > 0 ? null : { network, renew: null };
}

type Done = {
  readonly actions: readonly Action[];
  /** Those that this call may have added. */
  readonly tried: readonly string[];
  readonly fault: RouterFault | null;
};

async function carryOut(menu: ListMenu, steps: readonly Step[]): Promise<Done> {
  const actions: Action[] = [];
  const tried: string[] = [];
  let fault: RouterFault | null = null;
  for (const step of steps) {
    const renewal = step.renew === null ? null : await renew(menu, step.renew, step.network);
    actions.push(...(renewal?.actions ?? []));
    fault = renewal?.fault ?? fault;
    if (renewal === null || renewal.gone) {
      const written = await menu.add(step.network);
      actions.push(...written.actions);
      fault = written.fault ?? fault;
      if (written.fault?.kind !== "exists") tried.push(step.network);
    }
    if (fault !== null && endsWriting(fault)) break;
  }
  return { actions, tried, fault };
}

function ourLive(entries: readonly ListEntry[], network: string): ListEntry | undefined {
  return entries.find((entry) => isOurEntry(entry) && isLive(entry) && entry.network === network);
}

function disabledByPerson(entries: readonly ListEntry[], network: string): ListEntry | null {
  if (liveAround(entries, network).length > 0) return null;
  const ours = entries.filter((entry) => isOurEntry(entry) && entry.network === network);
  return ours.find((entry) => entry.disabled) ?? null;
}

function isListed(
  entries: readonly ListEntry[],
  network: string,
  isRenewed: (ours: ListEntry) => boolean,
): boolean {
  const ours = ourLive(entries, network);
  if (ours !== undefined && isRenewed(ours)) return true;
  return liveAround(entries, network).some((entry) => !isOurEntry(entry));
}

function notListed(menu: ListMenu, network: string, fault: RouterFault | null): Failure {
  const what = `${network} is not in the list ${menu.list} on ${menu.on} as wanted`;
  if (fault === null) return { next: "retry", uncertain: false, message: what };
  const failure = failureOf(fault);
  return { ...failure, message: `${what}: ${failure.message}` };
}

function giveUp({ list, on }: ListMenu, { id, address }: ListEntry): Result<never> {
  const message = `our entry ${id} (${address}) in the list ${list} on ${on} was disabled; enable it, or remove it and ask again`;
  return { ok: false, error: { next: "give-up", uncertain: false, message } };
}
