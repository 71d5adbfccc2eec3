// What all menus with records have in common: which verb does what, and the errors of each.
import { found, notFound, refusal, type Reply } from "./errors.ts";
import { getRows, printRows } from "./print.ts";
import { noIdentifier, noSuchItem, type Switches } from "./switches.ts";

type Given = Readonly<Record<string, string>>;

export type Menu = {
  /** As replies show them, in order, each with its `.id`. */
  records(): readonly Record<string, string>[];
  /** Records can be addressed by their `name`, too. */
  readonly named?: boolean;
  /** Each is missing where the menu does not have the command; a reply is a refusal. */
  readonly add?: (given: Given) => { readonly id: string } | Reply;
  readonly change?: (id: string, given: Given) => Reply | null;
  readonly remove?: (id: string) => Reply | null;
  /** Commands of this menu alone, for `POST`. */
  readonly commands?: Readonly<Record<string, (given: Given) => Reply>>;
};

export type MenuRequest = {
  readonly method: string;
  /** The menu's own path, without `/rest/`. */
  readonly path: string;
  /** What follows it, undecoded: an `.id`, a command word, or nothing. */
  readonly rest: string | undefined;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
};

const isId = (text: string) => /^\*[0-9A-Fa-f]+$/.test(text);
const isReply = (value: { readonly id: string } | Reply): value is Reply => "status" in value;

export function inMenu(menu: Menu, switches: Switches, request: MenuRequest): Reply {
  const { method, rest } = request;
  if (method === "POST") return command(menu, rest ?? "", request.body);
  const addressed = rest === undefined || isId(rest) || menu.named === true;
  if (!addressed || commandWords(menu).includes(rest ?? ""))
    return refusal(400, commandWords(menu).includes(rest ?? "") ? NO_COMMAND : NO_PREFIX);
  if (method === "GET" && rest === undefined) return getRows(menu.records(), request.query);
  const record = rest === undefined ? undefined : recordAt(menu, rest);
  if (method === "GET") return record === undefined ? notFound : found(record);
  if (method === "PUT") return put(menu, request);
  if (rest === undefined) return noIdentifier;
  const id = record?.[".id"];
  if (method === "PATCH")
    return id === undefined ? noSuchItem(switches.patchUnknown) : patch(menu, id, request.body);
  if (id === undefined) return notFound;
  return menu.remove === undefined ? noIdentifier : (menu.remove(id) ?? { status: 204 });
}

const NO_COMMAND = "no such command";
const NO_PREFIX = "no such command prefix";

function commandWords(menu: Menu): string[] {
  return [
    "print",
    ...(menu.add === undefined ? [] : ["add"]),
    ...(menu.change === undefined ? [] : ["set"]),
    ...(menu.remove === undefined ? [] : ["remove"]),
    ...Object.keys(menu.commands ?? {}),
  ];
}

function recordAt(menu: Menu, text: string): Record<string, string> | undefined {
  const id = text.toUpperCase();
  const name = menu.named === true ? decodeURIComponent(text) : null;
  const records = menu.records();
  if (/^\d+$/.test(text)) return records[Number(text)];
  return records.find((row) => row[".id"] === id || (name !== null && row["name"] === name));
}

function put(menu: Menu, { path, rest, body }: MenuRequest): Reply {
  if (rest !== undefined || menu.add === undefined) return noIdentifier;
  const added = menu.add(strings(body));
  if (isReply(added)) return added;
  const headers = { Location: `/rest/${path}/${added.id}` };
  return { status: 201, headers, body: recordAt(menu, added.id) };
}

function patch(menu: Menu, id: string, body: Readonly<Record<string, unknown>>): Reply {
  if (menu.change === undefined) return noIdentifier;
  return menu.change(id, strings(body)) ?? found(recordAt(menu, id));
}

function command(menu: Menu, word: string, body: Readonly<Record<string, unknown>>): Reply {
  if (word === "print") return printRows(menu.records(), body);
  const given = strings(body);
  const own = menu.commands?.[word];
  if (own !== undefined) return own(given);
  const { change, remove } = menu;
  if (word === "add" && menu.add !== undefined) {
    const added = menu.add(given);
    return isReply(added) ? added : found({ ret: added.id });
  }
  const { numbers: _, ".id": __, ...fields } = given;
  if (word === "set" && change !== undefined)
    return onEach(menu, given, (id) => change(id, fields));
  if (word === "remove" && remove !== undefined) return onEach(menu, given, remove);
  return refusal(400, `no such command or directory (${word})`);
}

/** `set`, `remove` and the like take several rows at once: ids, positions or names. */
export function onEach(menu: Menu, given: Given, act: (id: string) => Reply | null): Reply {
  const numbers = given["numbers"] ?? given[".id"];
  if (numbers === undefined) return refusal(400, "missing =.id=");
  const ids = numbers.split(",").map((text) => recordAt(menu, text)?.[".id"]);
  for (const id of ids) {
    const refused = id === undefined ? notFound : act(id);
    if (refused !== null) return refused;
  }
  return found([]);
}

/** Requests may use strings, numbers or booleans; all become strings. */
function strings(body: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, String(value)]));
}
