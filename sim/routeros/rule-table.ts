// The router's /ipv6/firewall/filter table: one order over all chains, ids never used again.

export type Fields = Readonly<Record<string, string>>;

export type RuleRow = {
  /** Changes only at a reboot, and only where the switch says so. */
  id: string;
  fields: Record<string, string>;
  readonly dynamic: boolean;
  packets: bigint;
  bytes: bigint;
};

export type RuleTable = {
  readonly rows: RuleRow[];
  /** Adds a row before this position, or last; gives it the next id. */
  add(fields: Fields, before?: number, dynamic?: boolean): RuleRow;
  find(id: string): RuleRow | undefined;
  /** By `.id`, or by position in the table where only digits are given. */
  position(idOrNumber: string): number;
  remove(id: string): void;
  /** Takes these rows out and puts them back as one block before `before`, or last. */
  moveBlock(rows: readonly RuleRow[], before: RuleRow | undefined): void;
  /** Gives all rows new ids in their order, from `*1`. */
  renumber(): void;
};

export function createTable(): RuleTable {
  const rows: RuleRow[] = [];
  let lastId = 0;
  const find = (id: string) => rows.find((row) => row.id === id.toUpperCase());
  return {
    rows,
    find,
    add(fields, before = rows.length, dynamic = false) {
      lastId += 1;
      const row: RuleRow = {
        id: hex(lastId),
        fields: { ...fields },
        dynamic,
        packets: 0n,
        bytes: 0n,
      };
      rows.splice(before, 0, row);
      return row;
    },
    position(text) {
      if (/^\d+$/.test(text)) return Number(text) < rows.length ? Number(text) : -1;
      return rows.findIndex((row) => row.id === text.toUpperCase());
    },
    remove(id) {
      const row = find(id);
      if (row !== undefined) rows.splice(rows.indexOf(row), 1);
    },
    renumber() {
      lastId = 0;
      for (const row of rows) row.id = hex((lastId += 1));
    },
    moveBlock(block, before) {
      for (const row of block) rows.splice(rows.indexOf(row), 1);
      rows.splice(before === undefined ? rows.length : rows.indexOf(before), 0, ...block);
    },
  };
}

function hex(id: number): string {
  return `*${id.toString(16).toUpperCase()}`;
}

/**
 * The row as a reply shows it: every value a string. `invalid` is no health signal: a rule that
 * names a list without entries reads "true".
 */
export function asRecord(
  row: RuleRow,
  isList: (name: string) => boolean = () => true,
): Record<string, string> {
  const lists = [row.fields["dst-address-list"], row.fields["src-address-list"]];
  const unknown = lists.some((name) => name !== undefined && !isList(name.replace(/^!/, "")));
  return {
    ...row.fields,
    ".id": row.id,
    bytes: String(row.bytes),
    packets: String(row.packets),
    dynamic: String(row.dynamic),
    invalid: String(unknown),
  };
}
