// One row of /ipv6/firewall/address-list as the router tells it.
import * as z from "zod";
import { durationMs } from "../../src/shown/routeros-duration.ts";
import { canonical, contains } from "../basics/networks.ts";
import { bearsMark, isEntryWeWrite } from "./ours.ts";
import { flag, RowId } from "./row-fields.ts";

export const ListEntry = z
  .object({
    ".id": RowId,
    list: z.string(),
    address: z.string(),
    comment: z.string().optional(),
    disabled: flag,
    timeout: z.string().optional(),
  })
  .transform(({ ".id": id, list, address, comment, disabled, timeout }) => ({
    id,
    list,
    address,
    /** Null for a DNS name; the addresses behind it are rows of their own. */
    network: canonical(address),
    comment: comment ?? null,
    disabled,
    timed: timeout !== undefined,
    /** Ms until it goes by itself; null if it stays (or the router's words for it are unknown). */
    leftMs: timeout === undefined ? null : durationMs(timeout),
  }));
export type ListEntry = Readonly<z.infer<typeof ListEntry>>;

export const ListEntries = z.array(ListEntry);

export function isOurEntry(entry: ListEntry): boolean {
  return isEntryWeWrite(entry);
}

/** What bears our mark and is not as we write it, in words. */
export function entriesLeftAlone(entries: readonly ListEntry[]): string[] {
  return entries
    .filter((entry) => bearsMark(entry.comment) && !isOurEntry(entry))
    .map(({ id, address, comment }) => `list entry ${id} ${address} “${comment}”`);
}

/** What these entries keep clients from now; each network once. */
export function liveNetworks(entries: readonly ListEntry[]): string[] {
  return [...new Set(entries.flatMap((entry) => (isLive(entry) ? (entry.network ?? []) : [])))];
}

/** The live entries that hold the whole network. */
export function liveAround(entries: readonly ListEntry[], network: string): ListEntry[] {
  return entries.filter((entry) => isLive(entry) && contains(entry.address, network));
}

/** It keeps clients out now. */
export function isLive({ disabled, network, leftMs }: ListEntry): boolean {
  return !disabled && network !== null && leftMs !== 0;
}

/** Until the last of our live entries goes by itself. */
export function timeLeft(entries: readonly ListEntry[]): { readonly entriesLeftMs?: number } {
  const left = entries.flatMap((entry) =>
    isOurEntry(entry) && isLive(entry) ? (entry.leftMs ?? []) : [],
  );
  return left.length === 0 ? {} : { entriesLeftMs: Math.max(...left) };
}
