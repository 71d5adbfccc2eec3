// A person at the router's own console, between two of our requests.
import { fasttrackRow } from "./home-rules.ts";
import { durationMs } from "./duration.ts";
import { spellPrefix } from "./rule-fields.ts";
import type { Fields } from "./rule-table.ts";
import type { RouterState } from "./router-state.ts";
import { addUser, type Policy } from "./users.ts";

/** Each change takes effect at once; a dataplane follows in the background (`settled()`). */
export type Operator = {
  /** Adds a rule before this `.id`, or last; gives its `.id`. */
  add(fields: Fields, beforeId?: string): string;
  /** Before this `.id`, or to the end. */
  move(id: string, beforeId?: string): void;
  remove(id: string): void;
  /** Sets these fields; an empty text takes a field away. */
  edit(id: string, fields: Fields): void;
  disable(id: string): void;
  enable(id: string): void;
  /** Sets a row's packet counter. */
  count(id: string, packets: bigint): void;
  /** IPv6 FastTrack is configured: its dynamic row comes first. */
  useFastTrack(): void;
  /** A static entry in an address list; gives its `.id`. */
  addEntry(list: string, address: string, comment?: string): string;
  /** One that goes by itself; `timeout` as in `30m`. */
  addTimedEntry(entry: {
    readonly list: string;
    readonly address: string;
    readonly timeout: string;
    readonly comment: string;
  }): string;
  removeEntry(id: string): void;
  /** A user in a group of the same name; `address`: the prefix it may log in from. */
  /** Adds a mangle rule at the end; its `.id`. */
  clamp(family: "v4" | "v6", fields: Fields): string;
  unclamp(family: "v4" | "v6", id: string): void;
  addUser(user: {
    readonly name: string;
    readonly password: string;
    readonly policies: readonly Policy[];
    readonly address?: string;
  }): void;
  /** Counts once the users' logins are renewed. */
  setPolicies(group: string, policies: readonly Policy[]): void;
  /** Does this when the next request with this method has arrived, before it takes effect. */
  onNext(method: string, act: () => void): void;
};

export function operatorOf(state: RouterState, changed: () => void): Operator {
  const { table, lists, users, ambushes } = state;
  const row = (id: string) => {
    const it = table.find(id);
    if (it === undefined) throw new Error(`the simulated router has no rule ${id}`);
    return it;
  };
  const edit = (id: string, fields: Fields) => {
    const merged = Object.entries({ ...row(id).fields, ...fields });
    row(id).fields = Object.fromEntries(merged.filter(([, value]) => value !== ""));
    changed();
  };
  return {
    add(fields, before) {
      const { id } = table.add(fields, before === undefined ? undefined : table.position(before));
      changed();
      return id;
    },
    move(id, before) {
      table.moveBlock([row(id)], before === undefined ? undefined : row(before));
      changed();
    },
    remove(id) {
      table.remove(row(id).id);
      changed();
    },
    edit,
    disable: (id) => edit(id, { disabled: "true" }),
    enable: (id) => edit(id, { disabled: "false" }),
    count: (id, packets) => {
      row(id).packets = packets;
    },
    clamp(family, fields) {
      const { id } = state.mangle[family].add(fields);
      changed();
      return id;
    },
    unclamp(family, id) {
      state.mangle[family].remove(id);
      changed();
    },
    useFastTrack() {
      table.add(fasttrackRow, 0, true);
      changed();
    },
    addEntry(list, address, comment) {
      const prefix = spellPrefix(address) ?? address;
      const fixed = { disabled: false, dynamic: false, lifeMs: null };
      const { id } = lists.add({ ...fixed, list, address: prefix, comment });
      changed();
      return id;
    },
    addTimedEntry({ list, address, timeout, comment }) {
      const prefix = spellPrefix(address) ?? address;
      const timed = { disabled: false, dynamic: true, lifeMs: durationMs(timeout) };
      const { id } = lists.add({ ...timed, list, address: prefix, comment });
      changed();
      return id;
    },
    removeEntry(id) {
      lists.remove(id);
      changed();
    },
    addUser: (user) => addUser(users, user),
    setPolicies(name, policies) {
      const group = users.groups.find((one) => one.name === name);
      if (group === undefined) throw new Error(`the simulated router has no group ${name}`);
      group.policies = new Set(policies);
    },
    onNext: (method, act) => ambushes.push({ method, act }),
  };
}
