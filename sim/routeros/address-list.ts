// /ipv6/firewall/address-list: entries for good, entries with a time, and names with their answers.
import ipaddr from "ipaddr.js";

export type Entry = {
  readonly id: string;
  list: string;
  /** A prefix with its length, or a DNS name. */
  address: string;
  comment: string | undefined;
  disabled: boolean;
  /** Lives in RAM. */
  dynamic: boolean;
  /** When it goes by itself, in the router's ms. */
  expiresAt: number | null;
  readonly createdAt: number;
};

export type NewEntry = Omit<Entry, "id" | "createdAt" | "expiresAt"> & {
  lifeMs: number | null;
};

export type AddressLists = {
  /** All entries that live now, in order; behind each name the answers it has now. */
  entries(): readonly Entry[];
  /** `lifeMs`: null for good. */
  add(entry: NewEntry): Entry;
  /** An entry that somebody made; not the answer for a name. */
  find(id: string): Entry | undefined;
  remove(id: string): void;
  /** Whether an enabled entry of this list holds the address. */
  holds(list: string, address: string): boolean;
  isList(name: string): boolean;
  /** The prefixes of enabled entries, by list. */
  prefixes(): ReadonlyMap<string, readonly string[]>;
  /** In how many ms the next entry expires; null: none does. */
  nextExpiryMs(): number | null;
  /** What is in RAM goes. */
  reboot(): void;
};

/** Answers of the router's own DNS, by name. */
export type DnsAnswers = ReadonlyMap<string, readonly string[]>;

export const isName = (address: string) => !address.includes(":");

/** `answers`: null where names are shown alone (a switch). */
export function createLists(now: () => number, answers: DnsAnswers | null): AddressLists {
  let kept: Entry[] = [];
  let lastId = 0;
  const idOfAnswer = new Map<string, string>();
  const nextId = () => `*${(lastId += 1).toString(16).toUpperCase()}`;
  const answersOf = (name: Entry): Entry[] =>
    (answers?.get(name.address) ?? []).map((address) => {
      const key = `${name.id} ${address}`;
      const id = idOfAnswer.get(key) ?? nextId();
      idOfAnswer.set(key, id);
      return { ...name, id, address: `${address}/128`, comment: undefined, dynamic: true };
    });
  const entries = () => {
    kept = kept.filter((entry) => entry.expiresAt === null || entry.expiresAt > now());
    return kept.flatMap((entry) => (isName(entry.address) ? [entry, ...answersOf(entry)] : entry));
  };
  return {
    entries,
    add({ lifeMs, ...given }) {
      const expiresAt = lifeMs === null ? null : now() + lifeMs;
      const entry = { ...given, expiresAt, id: nextId(), createdAt: now() };
      kept.push(entry);
      return entry;
    },
    find: (id) => kept.find((entry) => entry.id === id),
    remove(id) {
      kept = kept.filter((entry) => entry.id !== id);
    },
    holds: (list, address) =>
      entries().some((entry) => entry.list === list && !entry.disabled && covers(entry, address)),
    isList: (name) => entries().some((entry) => entry.list === name),
    prefixes() {
      const held = entries().filter(({ disabled, address }) => !disabled && !isName(address));
      const names = new Set(held.map(({ list }) => list));
      const of = (name: string) => held.filter(({ list }) => list === name);
      return new Map([...names].map((name) => [name, of(name).map(({ address }) => address)]));
    },
    nextExpiryMs() {
      const times = entries().flatMap(({ expiresAt }) => (expiresAt === null ? [] : [expiresAt]));
      return times.length === 0 ? null : Math.min(...times) - now();
    },
    reboot() {
      kept = kept.filter((entry) => !entry.dynamic);
    },
  };
}

function covers({ address: prefix }: Entry, address: string): boolean {
  return !isName(prefix) && ipaddr.IPv6.parse(address).match(ipaddr.IPv6.parseCIDR(prefix));
}
