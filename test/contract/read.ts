// S22, S23: reading the filter, all of it, a part of it, one row.
import { objectIn, rowsIn, same, told, type Check } from "./check.ts";
import { aRule, CHAIN, FILTER, get, MARK, post, several } from "./our-rows.ts";

const commentOf = (name: string) => `comment=${MARK} ${name}`;
const encoded = (name: string) => `comment=${encodeURIComponent(`${MARK} ${name}`)}`;
const print = `${FILTER}/print`;

export const read: readonly Check[] = [
  {
    id: "S22",
    title: "?comment= gives the exact matches",
    async check(router) {
      const [, b] = await several(router, "abc");
      const rows = rowsIn(await get(router, `${FILTER}?${encoded("b")}`));
      same(
        rows.map((row) => row[".id"]),
        [b],
      );
    },
  },
  {
    id: "S22",
    title: "all of several filters must match",
    async check(router) {
      await several(router, "ab");
      const path = `${FILTER}?${encoded("b")}&chain=`;
      same(rowsIn(await get(router, `${path}${CHAIN}`)).length, 1);
      same(rowsIn(await get(router, `${path}forward`)), []);
    },
  },
  {
    id: "S22",
    title: "a filter that nothing matches gives []",
    async check(router) {
      await several(router, "a");
      same(told(await get(router, `${FILTER}?${encoded("none")}`)), "200 []");
    },
  },
  {
    id: "S22",
    title: "?.proplist= gives these fields and the .id",
    async check(router) {
      const [a] = await several(router, "a");
      const rows = rowsIn(await get(router, `${FILTER}?${encoded("a")}&.proplist=comment`));
      same(rows, [{ ".id": a, comment: `${MARK} a` }]);
    },
  },
  {
    id: "S22",
    title: "print with a .proplist gives no .id unasked",
    async check(router) {
      const [a] = await several(router, "a");
      const query = [commentOf("a")];
      const reply = await post(router, print, { ".proplist": "comment", ".query": query });
      const asked = await post(router, print, { ".proplist": [".id"], ".query": query });
      same(rowsIn(reply), [{ comment: `${MARK} a` }]);
      same(rowsIn(asked), [{ ".id": a }]);
    },
  },
  {
    id: "S22",
    title: "print takes a query stack: #| is the union, #! the rest",
    async check(router) {
      const [a, b, c] = await several(router, "abc");
      const ids = async (...query: string[]) => {
        const body = { ".proplist": ".id", ".query": [`chain=${CHAIN}`, ...query] };
        return rowsIn(await post(router, print, body)).map((row) => row[".id"]);
      };
      same(await ids(commentOf("a"), commentOf("b"), "#|"), [a, b]);
      same(await ids(commentOf("a"), "#!"), [b, c]);
    },
  },
  {
    id: "S22",
    title: "print counts with count-only",
    async check(router) {
      await several(router, "ab");
      const body = { "count-only": "", ".query": [`chain=${CHAIN}`] };
      same(told(await post(router, print, body)), '200 {"ret":"2"}');
    },
  },
  {
    id: "S23",
    title: "an id gives one object",
    async check(router) {
      const [a = ""] = await several(router, "a");
      const row = objectIn(await get(router, `${FILTER}/${a}`));
      same([row[".id"], row["comment"], row["chain"]], [a, `${MARK} a`, aRule.chain]);
    },
  },
  {
    id: "S23",
    title: "an unknown id is 404 without a detail",
    check: async (router) =>
      same(told(await get(router, `${FILTER}/*FFFFFF`)), '404 {"error":404,"message":"Not Found"}'),
  },
];
