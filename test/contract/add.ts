// S11–S21: adding a filter rule, where it goes, and what is refused.
import { homeRules } from "../../sim/routeros/home-rules.ts";
import { CannotCheck, holds, objectIn, refuses, rowsIn, same, told, type Check } from "./check.ts";
import { added, allIds, aRule, CHAIN, FILTER, get, MARK, names, put, several } from "./our-rows.ts";
import type { Reply, RestClient } from "./rest-client.ts";

async function nothingAdded(router: RestClient): Promise<void> {
  same(await names(router), "", "rules of ours in the table");
}

/** A field that is refused with these words, and no row. */
function refused(id: string, fields: Record<string, unknown>, detail: string): Check {
  return {
    id,
    title: `${JSON.stringify(fields)} is refused and adds nothing`,
    async check(router) {
      refuses(await put(router, { ...aRule, ...fields }), 400, detail);
      await nothingAdded(router);
    },
  };
}

const without = (field: keyof typeof aRule) =>
  Object.fromEntries(Object.entries(aRule).filter(([name]) => name !== field));

/** The answer to a `place-before` that may fail; tells what the router did. */
async function placedOrRefused(router: RestClient, reply: Reply): Promise<"placed" | "refused"> {
  router.learn(told(reply));
  if (reply.status === 201) return "placed";
  holds([400, 404].includes(reply.status), "400, 404 or 201", told(reply));
  await nothingAdded(router);
  return "refused";
}

export const add: readonly Check[] = [
  {
    id: "S11",
    title: "PUT answers 201 with the whole record, without `disabled`, `log` and `place-before`",
    async check(router) {
      const reply = await put(router, aRule);
      const { ".id": id, invalid, ...record } = objectIn(reply);
      same(reply.status, 201);
      same(record, { ...aRule, bytes: "0", packets: "0", dynamic: "false" });
      holds(/^\*[0-9A-F]+$/.test(String(id)), "an .id like *1A", id);
      holds(invalid === "true" || invalid === "false", "`invalid` is there", reply.text);
    },
  },
  {
    id: "S11",
    title: "the Location of a new record is its own whole URL",
    async check(router) {
      const reply = await put(router, aRule);
      const location = String(reply.headers["location"]);
      const path = `${FILTER}/${String(objectIn(reply)[".id"])}`;
      holds(/^https?:\/\//.test(location) && location.endsWith(path), `…${path}`, location);
    },
  },
  {
    id: "S11",
    title: "the keys of a record are in alphabetical order",
    async check(router) {
      const keys = Object.keys(objectIn(await put(router, aRule)));
      same(keys, keys.toSorted());
    },
  },
  {
    id: "S11",
    title: "tcp-flags read back",
    async check(router) {
      const flags = objectIn(await put(router, { ...aRule, "tcp-flags": "syn,!ack" }))["tcp-flags"];
      router.learn(`syn,!ack reads back as ${String(flags)}`);
      same(String(flags).split(",").toSorted(), ["!ack", "syn"]);
    },
  },
  {
    id: "S12",
    title: "the same rule again is a second record, at the end",
    async check(router) {
      const first = await added(router, "c");
      const second = await added(router, "c");
      holds(first !== second, "two ids", [first, second]);
      same((await allIds(router)).slice(-2), [first, second]);
    },
  },
  ...(
    [
      ["no", "false"],
      [true, "true"],
      ["yes", "true"],
      ["false", "false"],
    ] as const
  ).map(([written, shown]) => ({
    id: "S13",
    title: `disabled ${JSON.stringify(written)} reads back as ${shown}`,
    check: async (router: RestClient) =>
      same(objectIn(await put(router, { ...aRule, disabled: written }))["disabled"], shown),
  })),
  {
    id: "S14",
    title: "place-before puts the rule directly before that id and is not kept",
    async check(router) {
      const [, b = ""] = await several(router, "abc");
      const reply = await put(router, { ...aRule, comment: `${MARK} n`, "place-before": b });
      holds(!("place-before" in objectIn(reply)), "no place-before in the record", reply.text);
      same(await names(router), "anbc");
    },
  },
  {
    id: "S15",
    title: "position 0 is refused on an empty table",
    async check(router) {
      if ((await allIds(router)).length > 0) throw new CannotCheck("the table is not empty");
      const reply = await put(router, { ...aRule, "place-before": "0" });
      same(await placedOrRefused(router, reply), "refused");
    },
  },
  {
    id: "S15",
    title: "position 0 is before a static first row",
    simulated: { rules: homeRules },
    async check(router) {
      const [first] = rowsIn(await get(router, FILTER));
      if (first?.["dynamic"] !== "false") throw new CannotCheck("the first row is not static");
      const reply = await put(router, { ...aRule, "place-before": "0" });
      router.learn(told(reply));
      same((await allIds(router))[0], objectIn(reply)[".id"], "the first row");
    },
  },
  {
    id: "S15",
    title: "position 0 before a dynamic row is refused, or obeyed",
    simulated: { rules: homeRules, dynamicFirstRow: true },
    async check(router) {
      const [first] = rowsIn(await get(router, FILTER));
      if (first?.["dynamic"] !== "true") throw new CannotCheck("the first row is not dynamic");
      const reply = await put(router, { ...aRule, "place-before": "0" });
      if ((await placedOrRefused(router, reply)) === "placed")
        same((await allIds(router))[0], objectIn(reply)[".id"], "the first row");
    },
  },
  {
    id: "S16",
    title: "an unknown place-before is 400, 404 or a row at the end",
    async check(router) {
      await several(router, "ab");
      const reply = await put(router, { ...aRule, "place-before": "*FFFFFF" });
      router.learn(told(reply));
      holds([201, 400, 404].includes(reply.status), "201, 400 or 404", told(reply));
      same(await names(router), reply.status === 201 ? "abc" : "ab");
    },
  },
  refused("S17", { bogus: "1" }, "unknown parameter bogus"),
  refused(
    "S18",
    { "reject-with": "icmp-host-unreachable" },
    "input does not match any value of reject-with",
  ),
  refused("S18", { action: "tarpit" }, "input does not match any value of action"),
  refused("S18", { "in-interface": "nosuch" }, "input does not match any value of interface"),
  {
    id: "S18",
    title: "an unknown dst-address-list is accepted",
    check: async (router) =>
      same((await put(router, { ...aRule, "dst-address-list": "backon-no-such" })).status, 201),
  },
  {
    id: "S18",
    title: "a rule that names a list without entries may read invalid: no health signal",
    async onSimulator(router) {
      const row = objectIn(await put(router, { ...aRule, "dst-address-list": "no-such" }));
      same(row["invalid"], "true");
    },
  },
  {
    id: "S19",
    title: "a port without a protocol that has ports is refused",
    async check(router) {
      const reply = await put(router, without("protocol"));
      router.learn(String(objectIn(reply)["detail"]));
      refuses(reply, 400, /^(failure: )?ports can be specified if proto is tcp,udp,/);
      await nothingAdded(router);
    },
  },
  {
    id: "S20",
    title: "an address that is none is refused by its argument's name",
    async check(router) {
      const reply = await put(router, { ...aRule, "dst-address": "not-an-ip" });
      router.learn(String(objectIn(reply)["detail"]));
      refuses(reply, 400, /\bdst-address\b/);
      await nothingAdded(router);
    },
  },
  {
    id: "S21",
    title: "a rule without a chain is refused",
    async check(router) {
      const reply = await put(router, without("chain"));
      router.learn(String(objectIn(reply)["detail"]));
      refuses(reply, 400, /^missing .*chain/);
      const made = rowsIn(
        await get(router, `${FILTER}?comment=${encodeURIComponent(aRule.comment)}`),
      );
      same(made, [], `rules outside ${CHAIN}`);
    },
  },
];
