// /ipv6/firewall/filter: the rules. The mangle tables have the same commands.
import type { ClampFields } from "../../src/protocol/clamp.ts";
import type { RuleFields } from "../../src/protocol/report.ts";
import type { RouterClient } from "./client.ts";
import { FilterRows, isOurs, rulesLeftAlone, type FilterRow } from "./filter-row.ts";
import { FILTER, type RulesPath } from "./paths.ts";
import type { Answered } from "./sender.ts";
import type { Marked } from "./withdraw.ts";
import type { Writer, Written } from "./writer.ts";

export type FilterMenu = {
  /** All rows with all fields: a matcher that was left out would make a narrow rule look wide. */
  read(): Promise<Answered<FilterRow[]>>;
  /** Before this row, or last where there is none. */
  add(rule: RuleFields | ClampFields, before: FilterRow | null): Promise<Written>;
  /** An unknown `before` sends the rule to the end of the table without an error. */
  move(row: FilterRow, before: FilterRow): Promise<Written>;
  /** Gone already counts as removed. */
  remove(row: FilterRow): Promise<Written>;
};

export function createFilterMenu(
  client: RouterClient,
  write: Writer,
  path: RulesPath = FILTER,
): FilterMenu {
  return {
    read: () => client.get(path, FilterRows),
    add: (rule, before) =>
      write("add our rule", {
        method: "PUT",
        path,
        body: { ...rule, ...(before === null ? {} : { "place-before": before.id }) },
      }),
    move: (row, before) =>
      write(`move our rule ${row.id} before ${before.id}`, {
        method: "POST",
        path: `${path}/move`,
        body: { numbers: row.id, destination: before.id },
      }),
    remove: (row) =>
      write(`remove our rule ${row.id}`, { method: "DELETE", path: `${path}/${row.id}` }),
  };
}

/** Our rules, to be withdrawn. */
export function ourRules(menu: FilterMenu): Marked<FilterRow> {
  return {
    called: "rule",
    async found() {
      const read = await menu.read();
      if (!read.ok) return read;
      const [ours, others] = [read.value.filter(isOurs), rulesLeftAlone(read.value)];
      return { ok: true, value: { ours, others } };
    },
    remove: (row) => menu.remove(row),
  };
}
