// A table of firewall rules (filter, mangle): its commands.
import { refusal, type Reply } from "./errors.ts";
import { onEach, type Menu } from "./menu.ts";
import { moveRows } from "./move.ts";
import { checkFields, checkPorts, type Rules } from "./rule-fields.ts";
import type { RuleRow, RuleTable } from "./rule-table.ts";
import { noIdentifier, noSuchItem, type Switches } from "./switches.ts";

type Given = Readonly<Record<string, string>>;

/** `show` spells a row as replies have it. */
export function filterMenu(
  table: RuleTable,
  rules: Rules,
  show: (row: RuleRow) => Record<string, string>,
): Menu {
  const { switches } = rules;
  const refused = (row: RuleRow) => row.dynamic && switches.dynamicRows === "refused";
  const menu: Menu = {
    records: () => table.rows.map(show),
    add: (given) => add(table, rules, given),
    change(id, given) {
      const row = table.find(id);
      if (row === undefined || refused(row)) return noIdentifier;
      return change(row, rules, given);
    },
    remove(id) {
      const row = table.find(id);
      if (row === undefined || refused(row)) return noIdentifier;
      table.remove(row.id);
      return null;
    },
    commands: {
      move: (given) => moveRows(table, switches, given),
      "reset-counters": (given) => onEach(menu, given, reset),
    },
  };
  function reset(id: string): null {
    const row = table.find(id);
    if (row !== undefined) row.packets = row.bytes = 0n;
    return null;
  }
  return menu;
}

function add(table: RuleTable, rules: Rules, given: Given): RuleRow | Reply {
  const { switches } = rules;
  const checked = checkFields(given, "add", rules);
  if (!checked.ok) return checked.reply;
  const { "place-before": placeBefore, "copy-from": _, ...fields } = checked.fields;
  if (fields["chain"] === undefined) return refusal(400, switches.missingChain);
  const ports = checkPorts(fields, switches);
  if (ports !== null) return ports;
  const place = placeFor(table, switches, placeBefore);
  if (typeof place !== "number") return place;
  return table.add(stored({ action: "accept", ...fields }), place);
}

function placeFor(
  table: RuleTable,
  switches: Switches,
  before: string | undefined,
): number | Reply {
  if (before === undefined) return table.rows.length;
  const position = table.position(before);
  const row = table.rows[position];
  if (row !== undefined)
    return row.dynamic && switches.dynamicRows === "refused"
      ? refusal(400, "failure: can not place before dynamic item")
      : position;
  if (!before.startsWith("*")) return noSuchItem(switches.placeBeforeNowhere);
  return switches.placeBeforeUnknown === "append"
    ? table.rows.length
    : noSuchItem(switches.placeBeforeUnknown);
}

function change(row: RuleRow, rules: Rules, given: Given): Reply | null {
  const checked = checkFields(given, "set", rules);
  if (!checked.ok) return checked.reply;
  const fields = stored({ ...row.fields, ...checked.fields });
  const ports = checkPorts(fields, rules.switches);
  if (ports !== null) return ports;
  row.fields = fields;
  return null;
}

/** A comment that is empty is not kept. */
function stored(fields: Record<string, string>): Record<string, string> {
  const { comment, ...others } = fields;
  return comment === undefined || comment === "" ? others : { ...others, comment };
}
