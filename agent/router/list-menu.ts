// /ipv6/firewall/address-list: the entries of one list, each with a time after which it goes by itself.
import type { RouterClient } from "./client.ts";
import { asDuration } from "../../src/shown/routeros-duration.ts";
import { entriesLeftAlone, isOurEntry, ListEntries, type ListEntry } from "./list-entry.ts";
import { LISTS } from "./paths.ts";
import type { Answered } from "./sender.ts";
import type { Marked } from "./withdraw.ts";
import type { Writer, Written } from "./writer.ts";

export type ListOptions = {
  readonly list: string;
  /** How long an entry lives from being added or renewed. */
  readonly lifetimeMs: number;
  /** What our entries say. */
  readonly comment: string;
};

export type ListMenu = ListOptions & {
  /** Host and port, for messages. */
  readonly on: string;
  /** The entries of our list, ours and others'. */
  read(): Promise<Answered<ListEntry[]>>;
  /** The router refuses a second one for the same network: `exists`. */
  add(network: string): Promise<Written>;
  renew(entry: ListEntry): Promise<Written>;
  /** Gone already counts as removed. */
  remove(entry: ListEntry): Promise<Written>;
};

export function createListMenu(
  client: RouterClient,
  write: Writer,
  { list, lifetimeMs, comment }: ListOptions,
): ListMenu {
  const timeout = asDuration(lifetimeMs);
  return {
    list,
    lifetimeMs,
    comment,
    on: client.on,
    async read() {
      const answered = await client.get(`${LISTS}?list=${list}`, ListEntries);
      if (!answered.ok) return answered;
      return { ok: true, value: answered.value.filter((entry) => entry.list === list) };
    },
    add: (network) =>
      write(`add ${network} to the list ${list} for ${timeout}`, {
        method: "PUT",
        path: LISTS,
        body: { list, address: network, timeout, comment },
      }),
    renew: ({ id, address }) =>
      write(`keep ${address} in the list ${list} for ${timeout}`, {
        method: "PATCH",
        path: `${LISTS}/${id}`,
        body: { timeout },
      }),
    remove: ({ id, address }) =>
      write(`take ${address} out of the list ${list}`, {
        method: "DELETE",
        path: `${LISTS}/${id}`,
      }),
  };
}

/** Our entries, to be withdrawn. */
export function ourEntries(menu: ListMenu): Marked<ListEntry> {
  return {
    called: "list entry",
    async found() {
      const read = await menu.read();
      if (!read.ok) return read;
      const [ours, others] = [read.value.filter(isOurEntry), entriesLeftAlone(read.value)];
      return { ok: true, value: { ours, others } };
    },
    remove: (entry) => menu.remove(entry),
  };
}
