// `POST …/move`, with the traps of the real one.
import { found, notFound, refusal, type Reply } from "./errors.ts";
import type { RuleRow, RuleTable } from "./rule-table.ts";
import type { Switches } from "./switches.ts";

/** An unknown or missing destination is no error: the rows go to the end of the table. */
export function moveRows(
  table: RuleTable,
  switches: Switches,
  given: Readonly<Record<string, string>>,
): Reply {
  const numbers = given["numbers"] ?? given[".id"];
  if (numbers === undefined) return refusal(400, "missing =.id=");
  const block: RuleRow[] = [];
  for (const text of numbers.split(",")) {
    const row = table.rows[table.position(text)];
    if (row === undefined) return notFound;
    block.push(row);
  }
  const destination = table.rows[table.position(given["destination"] ?? "")];
  const itself = destination !== undefined && block.includes(destination);
  if (itself || new Set(block).size < block.length)
    return refusal(400, "failure: can not move object before itself");
  const dynamic = block.some((row) => row.dynamic) || destination?.dynamic === true;
  if (dynamic && switches.dynamicRows === "refused")
    return refusal(400, "failure: can not move dynamic item");
  table.moveBlock(block, destination);
  return found([]);
}
