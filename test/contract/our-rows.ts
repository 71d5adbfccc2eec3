// What the contract suite writes to a router: all of it bears the mark, and none of it matches
// traffic (a chain that nothing jumps to, addresses of the documentation range).
import { Difference, rowsIn, told } from "./check.ts";
import type { Reply, RestClient } from "./rest-client.ts";

export const MARK = "[backon-contract]";
export const CHAIN = "backon-contract";
export const LIST = "backon-contract";
/** How the names of our users and groups begin. */
export const USERS = "backon-contract-";
export const FILTER = "/rest/ipv6/firewall/filter";
export const LISTS = "/rest/ipv6/firewall/address-list";

/** The usual rule, in our chain and about nobody's addresses. */
export const aRule = {
  chain: CHAIN,
  action: "reject",
  "reject-with": "icmp-address-unreachable",
  protocol: "tcp",
  "dst-port": "443",
  "dst-address": "2001:db8::/32",
  comment: `${MARK} c`,
};

export const put = (router: RestClient, fields: object, menu = FILTER): Promise<Reply> =>
  router.send("PUT", menu, { body: fields });
export const get = (router: RestClient, path: string): Promise<Reply> => router.send("GET", path);
export const post = (router: RestClient, path: string, body: object): Promise<Reply> =>
  router.send("POST", path, { body });
export const patch = (router: RestClient, path: string, body: object): Promise<Reply> =>
  router.send("PATCH", path, { body });
export const remove = (router: RestClient, path: string): Promise<Reply> =>
  router.send("DELETE", path);

/** Adds a rule of ours; gives its `.id`. */
export async function added(
  router: RestClient,
  name: string,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  return idIn(await put(router, { ...aRule, comment: `${MARK} ${name}`, ...fields }));
}

/** Rules with these names, in this order at the end of the table; gives their `.id`s. */
export async function several(router: RestClient, names: string): Promise<string[]> {
  const ids: string[] = [];
  for (const name of names) ids.push(await added(router, name));
  return ids;
}

/** Adds an entry to our list; gives its `.id`. */
export async function anEntry(
  router: RestClient,
  address: string,
  fields: object = {},
): Promise<string> {
  return idIn(await put(router, { list: LIST, address, comment: MARK, ...fields }, LISTS));
}

function idIn(reply: Reply): string {
  const row = reply.json as { readonly ".id"?: unknown } | undefined;
  const id = row?.[".id"];
  if (reply.status !== 201 || typeof id !== "string")
    throw new Difference("201 and the new record", told(reply));
  return id;
}

/** The names of our rules, in the order of the table. */
export async function names(router: RestClient): Promise<string> {
  const reply = await get(router, `${FILTER}?chain=${CHAIN}&.proplist=.id,comment`);
  return rowsIn(reply)
    .map((row) => String(row["comment"]))
    .filter((comment) => comment.startsWith(MARK))
    .map((comment) => comment.replace(`${MARK} `, ""))
    .join("");
}

/** All ids of the table, of foreign rows too. */
export async function allIds(router: RestClient): Promise<unknown[]> {
  return rowsIn(await get(router, `${FILTER}?.proplist=.id`)).map((row) => row[".id"]);
}

/** Our entries as the router shows them now. */
export async function entries(router: RestClient): Promise<Record<string, unknown>[]> {
  return rowsIn(await get(router, `${LISTS}?list=${LIST}`));
}

type Row = Readonly<Record<string, unknown>>;
type Place = {
  readonly menu: string;
  readonly which: string;
  /** True for a row in a place of ours: a person may have copied our comment to a row of their own. */
  readonly isOurs: (row: Row) => boolean;
};

const OURS: readonly Place[] = [
  { menu: FILTER, which: ".proplist=.id,chain,comment", isOurs: ({ chain }) => chain === CHAIN },
  ...[LIST, `${LIST}-2`].map((name): Place => ({
    menu: LISTS,
    which: `list=${name}`,
    isOurs: ({ list }) => list === name,
  })),
];
const isOurUser = ({ name }: Row): boolean => String(name).startsWith(USERS);
/** Users before their groups. */
const OUR_USERS: readonly Place[] = [
  { menu: "/rest/user", which: "", isOurs: isOurUser },
  { menu: "/rest/user/group", which: "", isOurs: isOurUser },
];

/** Deletes what bears our mark in a place of ours, and nothing else; rejects if that can't be confirmed. */
export async function cleanUp(router: RestClient, users: boolean): Promise<number> {
  let count = 0;
  for (const { menu, which, isOurs } of users ? [...OURS, ...OUR_USERS] : OURS)
    for (const row of rowsIn(await get(router, `${menu}?${which}`))) {
      if (!String(row["comment"]).startsWith(MARK) || !isOurs(row)) continue;
      const { status } = await remove(router, `${menu}/${String(row[".id"])}`);
      if (status !== 204 && status !== 404)
        throw new Error(`DELETE ${menu}/${String(row[".id"])}: ${status}; remove it by hand`);
      count += 1;
    }
  return count;
}
