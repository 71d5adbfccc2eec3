// S24, S25, S27, S28: changing and deleting a rule, its counters, and rows that can't be changed.
import { fasttrackRow, homeRules } from "../../sim/routeros/home-rules.ts";
import { CannotCheck, holds, objectIn, refuses, rowsIn, same, told, type Check } from "./check.ts";
import { added, FILTER, get, MARK, names, patch, post, remove, several } from "./our-rows.ts";

const NO_IDENTIFIER = "missing or invalid resource identifier";

export const change: readonly Check[] = [
  {
    id: "S24",
    title: "PATCH answers 200 with the whole record, and `disabled` stays visible",
    async check(router) {
      const id = await added(router, "a");
      const off = await patch(router, `${FILTER}/${id}`, { disabled: "yes" });
      const on = await patch(router, `${FILTER}/${id}`, { disabled: "no" });
      same([off.status, objectIn(off)["disabled"]], [200, "true"]);
      same([on.status, objectIn(on)["disabled"]], [200, "false"]);
      same(objectIn(on)["comment"], `${MARK} a`, "the rest of the record");
    },
  },
  {
    id: "S24",
    title: "PATCH knows no place-before",
    async check(router) {
      const [, b = ""] = await several(router, "ab");
      const reply = await patch(router, `${FILTER}/${b}`, { "place-before": "*1" });
      refuses(reply, 400, "unknown parameter place-before");
      same(await names(router), "ab");
    },
  },
  {
    id: "S24",
    title: "PATCH of the menu itself is refused",
    check: async (router) => refuses(await patch(router, FILTER, {}), 400, NO_IDENTIFIER),
  },
  {
    id: "S24",
    title: "PATCH of an unknown id is refused",
    async check(router) {
      same((await get(router, `${FILTER}/*FFFFFF`)).status, 404, "nothing there");
      const reply = await patch(router, `${FILTER}/*FFFFFF`, { disabled: "yes" });
      router.learn(told(reply));
      holds([400, 404].includes(reply.status), "404 or 400", told(reply));
    },
  },
  {
    id: "S25",
    title: "DELETE is 204 without a body, then 404",
    async check(router) {
      const id = await added(router, "a");
      const first = await remove(router, `${FILTER}/${id}`);
      const second = await remove(router, `${FILTER}/${id}`);
      same([first.status, first.text], [204, ""]);
      same(told(second), '404 {"error":404,"message":"Not Found"}');
      same(await names(router), "");
    },
  },
  {
    id: "S25",
    title: "an id is not used again: the next one is higher",
    async check(router) {
      const first = await added(router, "a");
      await remove(router, `${FILTER}/${first}`);
      const second = await added(router, "b");
      const number = (id: string) => parseInt(id.slice(1), 16);
      holds(number(second) > number(first), `higher than ${first}`, second);
    },
  },
  {
    id: "S27",
    title: "reset-counters answers [] and leaves 0",
    async check(router) {
      const id = await added(router, "a");
      same(told(await post(router, `${FILTER}/reset-counters`, { numbers: id })), "200 []");
      const { packets, bytes } = objectIn(await get(router, `${FILTER}/${id}`));
      same([packets, bytes], ["0", "0"]);
    },
  },
  {
    id: "S27",
    title: "counters that have grown are 0 after a reset",
    async onSimulator(router, simulator) {
      const id = await added(router, "a");
      simulator.operator.count(id, 7n);
      same(objectIn(await get(router, `${FILTER}/${id}`))["packets"], "7");
      await post(router, `${FILTER}/reset-counters`, { numbers: id });
      same(objectIn(await get(router, `${FILTER}/${id}`))["packets"], "0");
    },
  },
  {
    id: "S28",
    title: "the FastTrack row is listed first and dynamic",
    simulated: { rules: homeRules, dynamicFirstRow: true },
    async check(router) {
      const [first] = rowsIn(await get(router, FILTER));
      if (first?.["dynamic"] !== "true") throw new CannotCheck("no dynamic first row here");
      const { action, chain, comment } = first;
      same({ action, chain, comment }, fasttrackRow);
    },
  },
  {
    id: "S28",
    title: "a dynamic row is neither changed nor deleted, or both",
    simulated: { dynamicFirstRow: true },
    async onSimulator(router) {
      const path = `${FILTER}/*1`;
      const changed = await patch(router, path, { comment: "ours now" });
      const deleted = await remove(router, path);
      router.learn(`PATCH ${changed.status}, DELETE ${deleted.status}`);
      if (deleted.status === 204) return same(changed.status, 200);
      refuses(changed, 400, NO_IDENTIFIER);
      refuses(deleted, 400, NO_IDENTIFIER);
      same(objectIn(await get(router, path))["comment"], fasttrackRow["comment"]);
    },
  },
];
