// Reading the table: `?name=value` of a GET, and `POST …/print` with its query stack.
import { found, type Reply } from "./errors.ts";

type Row = Record<string, string>;

/** A GET on the menu: exact matches only; `.id` always comes along. */
export function getRows(rows: readonly Row[], query: URLSearchParams): Reply {
  let kept = [...rows];
  for (const [name, value] of query)
    if (name !== ".proplist" && name !== ".query") kept = kept.filter((row) => row[name] === value);
  const proplist = query.get(".proplist");
  return found(proplist === null ? kept : only(kept, [".id", ...proplist.split(",")]));
}

/** `POST …/print`: here `.id` comes only if asked for. */
export function printRows(rows: readonly Row[], body: Readonly<Record<string, unknown>>): Reply {
  const query = words(body[".query"]);
  const kept = query.length === 0 ? [...rows] : rows.filter((row) => answers(row, query));
  if (body["count-only"] !== undefined) return found({ ret: String(kept.length) });
  const proplist = words(body[".proplist"]);
  return found(proplist.length === 0 ? kept : only(kept, proplist));
}

function words(value: unknown): string[] {
  if (typeof value === "string") return value.split(",");
  return Array.isArray(value) ? value.map(String) : [];
}

function only(rows: readonly Row[], names: readonly string[]): Row[] {
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => names.includes(name))),
  );
}

/** A stack of words: comparisons push, `#|` `#&` `#!` combine; what is left must all hold. */
function answers(row: Row, query: readonly string[]): boolean {
  const stack: boolean[] = [];
  for (const word of query) {
    if (word === "#!") stack.push(!stack.pop());
    else if (word === "#|" || word === "#&") {
      const right = stack.pop() ?? false;
      const left = stack.pop() ?? false;
      stack.push(word === "#|" ? left || right : left && right);
    } else stack.push(compares(row, word));
  }
  return stack.every(Boolean);
}

function compares(row: Row, word: string): boolean {
  const at = word.indexOf("=", 1);
  if (at < 0) return row[word] !== undefined;
  const operator = /^[<>]/.test(word) ? word.slice(0, 1) : "=";
  const name = word.slice(operator === "=" ? 0 : 1, at);
  const value = word.slice(at + 1);
  const actual = row[name];
  if (actual === undefined) return false;
  if (operator === "<") return Number(actual) < Number(value);
  if (operator === ">") return Number(actual) > Number(value);
  return actual === value;
}
