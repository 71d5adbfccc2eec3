// A person at the router's own console, between two of our requests.
import type { Fields, RuleTable } from "./rule-table.ts";

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
  /** Does this when the next request with this method has arrived, before it takes effect. */
  onNext(method: string, act: () => void): void;
};

export type Ambush = { readonly method: string; readonly act: () => void };

export function operatorOf(table: RuleTable, ambushes: Ambush[]): Operator {
  const row = (id: string) => {
    const it = table.find(id);
    if (it === undefined) throw new Error(`the simulated router has no rule ${id}`);
    return it;
  };
  const edit = (id: string, fields: Fields) => {
    const merged = Object.entries({ ...row(id).fields, ...fields });
    row(id).fields = Object.fromEntries(merged.filter(([, value]) => value !== ""));
  };
  return {
    add: (fields, before) =>
      table.add(fields, before === undefined ? undefined : table.position(before)).id,
    move: (id, before) =>
      table.moveBlock([row(id)], before === undefined ? undefined : row(before)),
    remove: (id) => table.remove(row(id).id),
    edit,
    disable: (id) => edit(id, { disabled: "true" }),
    enable: (id) => edit(id, { disabled: "false" }),
    count: (id, packets) => {
      row(id).packets = packets;
    },
    onNext: (method, act) => ambushes.push({ method, act }),
  };
}
