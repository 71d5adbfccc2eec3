// The one menu we touch. Each write gives an Action for the report; what became of the table is
// only known by reading it again.
import type { Action, RuleFields } from "../../src/protocol/report.ts";
import type { Clock } from "../world.ts";
import type { RouterClient } from "./client.ts";
import type { RouterFault } from "./fault.ts";
import { FilterRows, type FilterRow } from "./filter-row.ts";
import type { Answered } from "./sender.ts";

const MENU = "ipv6/firewall/filter";

type Written = { readonly action: Action; readonly fault: RouterFault | null };

export type FilterMenu = {
  /** All rows with all fields: a matcher that was left out would make a narrow rule look wide. */
  read(): Promise<Answered<FilterRow[]>>;
  /** Before this row, or last where there is none. */
  add(rule: RuleFields, before: FilterRow | null): Promise<Written>;
  /** An unknown `before` sends the rule to the end of the table without an error. */
  move(row: FilterRow, before: FilterRow): Promise<Written>;
  /** Gone already counts as removed. */
  remove(row: FilterRow): Promise<Written>;
};

export function createFilterMenu(client: RouterClient, clock: Clock): FilterMenu {
  const written = async (
    what: string,
    send: () => Promise<Answered<null>>,
    goneIsFine = false,
  ): Promise<Written> => {
    const at = clock.now();
    const answered = await send();
    const gone = goneIsFine && !answered.ok && answered.fault.kind === "not-found";
    const fault = answered.ok || gone ? null : answered.fault;
    const status = fault?.status === null || fault === null ? "" : `${fault.status} `;
    const detail = fault === null ? (gone ? "it was gone already" : "done") : status + fault.detail;
    const on = `/${MENU} on ${client.on}`;
    return {
      action: { at, ms: clock.now() - at, what, on, ok: fault === null, detail },
      fault,
    };
  };
  return {
    read: () => client.get(MENU, FilterRows),
    add: (rule, before) =>
      written("add our rule", () =>
        client.write("PUT", MENU, {
          ...rule,
          ...(before === null ? {} : { "place-before": before.id }),
        }),
      ),
    move: (row, before) =>
      written(`move our rule ${row.id} before ${before.id}`, () =>
        client.write("POST", `${MENU}/move`, { numbers: row.id, destination: before.id }),
      ),
    remove: (row) =>
      written(`remove our rule ${row.id}`, () => client.write("DELETE", `${MENU}/${row.id}`), true),
  };
}
