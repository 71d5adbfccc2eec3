// The commands of /ipv6/firewall/filter on the table. No HTTP here: a request is plain values.
import { found, notFound, refusal, type Reply } from "./errors.ts";
import { moveRows } from "./move.ts";
import { getRows, printRows } from "./print.ts";
import { checkFields, checkPorts } from "./rule-fields.ts";
import { asRecord, type RuleRow, type RuleTable } from "./rule-table.ts";
import { noIdentifier, noSuchItem, type Switches } from "./switches.ts";

export type MenuRequest = {
  readonly method: string;
  /** What follows the menu in the path, undecoded: an `.id`, a command word, or nothing. */
  readonly rest: string | undefined;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
};

const MENU = "/rest/ipv6/firewall/filter";
const COMMANDS = ["add", "set", "remove", "print", "move", "reset-counters"];
const isId = (text: string) => /^\*[0-9A-Fa-f]+$/.test(text);

export function filterMenu(table: RuleTable, switches: Switches, request: MenuRequest): Reply {
  const { method, rest } = request;
  if (method === "POST") return command(table, switches, rest ?? "", request.body);
  if (rest !== undefined && !isId(rest))
    return refusal(400, COMMANDS.includes(rest) ? "no such command" : "no such command prefix");
  if (method === "GET") return get(table, rest, request.query);
  if (method === "PUT") return put(table, switches, rest, strings(request.body));
  if (method === "PATCH") return change(table, switches, rest, strings(request.body));
  return remove(table, switches, rest);
}

function get(table: RuleTable, id: string | undefined, query: URLSearchParams): Reply {
  if (id === undefined) return getRows(table.rows.map(asRecord), query);
  const row = table.find(id);
  return row === undefined ? notFound : found(asRecord(row));
}

function put(
  table: RuleTable,
  switches: Switches,
  id: string | undefined,
  given: Readonly<Record<string, string>>,
): Reply {
  if (id !== undefined) return noIdentifier;
  const row = add(table, switches, given);
  if ("status" in row) return row;
  return { status: 201, headers: { Location: `${MENU}/${row.id}` }, body: asRecord(row) };
}

function add(
  table: RuleTable,
  switches: Switches,
  given: Readonly<Record<string, string>>,
): RuleRow | Reply {
  const checked = checkFields(given, "add");
  if (!checked.ok) return checked.reply;
  const { "place-before": placeBefore, "copy-from": _, ...fields } = checked.fields;
  if (fields["chain"] === undefined) return refusal(400, "missing =chain=");
  const ports = checkPorts(fields);
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
  if (!isId(before)) return noSuchItem(switches.placeBeforeNowhere);
  return switches.placeBeforeUnknown === "append"
    ? table.rows.length
    : noSuchItem(switches.placeBeforeUnknown);
}

function change(
  table: RuleTable,
  switches: Switches,
  id: string | undefined,
  given: Readonly<Record<string, string>>,
): Reply {
  if (id === undefined) return noIdentifier;
  const row = table.find(id);
  if (row === undefined) return noSuchItem(switches.patchUnknown);
  if (row.dynamic && switches.dynamicRows === "refused") return noIdentifier;
  const checked = checkFields(given, "set");
  if (!checked.ok) return checked.reply;
  const fields = stored({ ...row.fields, ...checked.fields });
  const ports = checkPorts(fields);
  if (ports !== null) return ports;
  row.fields = fields;
  return found(asRecord(row));
}

function remove(table: RuleTable, switches: Switches, id: string | undefined): Reply {
  if (id === undefined) return noIdentifier;
  const row = table.find(id);
  if (row === undefined) return notFound;
  if (row.dynamic && switches.dynamicRows === "refused") return noIdentifier;
  table.remove(row.id);
  return { status: 204 };
}

function command(
  table: RuleTable,
  switches: Switches,
  word: string,
  body: Readonly<Record<string, unknown>>,
): Reply {
  if (word === "print") return printRows(table.rows.map(asRecord), body);
  const given = strings(body);
  if (word === "move") return moveRows(table, switches, given);
  if (word === "add") {
    const row = add(table, switches, given);
    return "status" in row ? row : found({ ret: row.id });
  }
  if (!COMMANDS.includes(word)) return refusal(400, `no such command or directory (${word})`);
  return onEach(table, switches, word, given);
}

/** `set`, `remove` and `reset-counters` take several rows at once. */
function onEach(
  table: RuleTable,
  switches: Switches,
  word: string,
  given: Readonly<Record<string, string>>,
): Reply {
  const numbers = given["numbers"] ?? given[".id"];
  if (numbers === undefined) return refusal(400, "missing =.id=");
  const { numbers: _, ".id": __, ...fields } = given;
  for (const text of numbers.split(",")) {
    const row = table.rows[table.position(text)];
    if (row === undefined) return notFound;
    if (word === "reset-counters") row.packets = row.bytes = 0n;
    const reply =
      word === "set"
        ? change(table, switches, row.id, fields)
        : word === "remove"
          ? remove(table, switches, row.id)
          : found([]);
    if (reply.status >= 400) return reply;
  }
  return found([]);
}

/** Requests may use strings, numbers or booleans; all become strings. */
function strings(body: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, String(value)]));
}

/** A comment that is empty is not kept. */
function stored(fields: Record<string, string>): Record<string, string> {
  const { comment, ...others } = fields;
  return comment === undefined || comment === "" ? others : { ...others, comment };
}
