// Further copies of our rule go, while nothing may be added.
import { expect, test } from "vitest";
import { aListWorld, inertRule } from "./list-world.ts";
import { aRouterWorld, commentsOf, rule, valueOf } from "./router-world.ts";
import { homeRules } from "../../../sim/routeros/home-rules.ts";

const always = () => true;

test("the first as wanted stays, all other rules of ours go", async () => {
  const narrow = { ...rule, "dst-address": "2600:1f18:1::/48" };
  const { os, router } = await aRouterWorld({ rules: [narrow, ...homeRules, rule, rule] });

  const ours = () => os.table().filter(({ comment }) => comment === rule.comment);
  const [, first] = ours();

  const actions = valueOf(await router.tidy(rule, always));

  expect(ours()).toEqual([first]);
  expect(first).toMatchObject({ "dst-address": rule["dst-address"] });
  expect(actions).toHaveLength(2);
});

test("where none of ours is as wanted, none is added and none is removed", async () => {
  const narrow = { ...rule, "dst-address": "2600:1f18:1::/48" };
  const { os, router } = await aRouterWorld({ rules: [narrow, narrow] });

  expect(valueOf(await router.tidy(rule, always))).toEqual([]);
  expect(os.writes).toEqual([]);
});

test("where there is none of ours, it is said that the router has to be read again", async () => {
  const { os, router } = await aRouterWorld({ rules: homeRules });

  const tidied = await router.tidy(rule, always);

  expect(tidied).toMatchObject({ ok: false, error: { next: "retry", uncertain: false } });
  expect(commentsOf(os)).toEqual(homeRules.map(({ comment }) => comment));
});

test("the list is left as it is", async () => {
  const { os, router } = await aListWorld({ rules: [inertRule, inertRule] });

  valueOf(await router.tidy(inertRule, always));

  expect(os.table()).toHaveLength(1);
  expect(os.entries()).toEqual([]);
});

test("a look tells how many rules bear our mark", async () => {
  const narrow = { ...rule, "dst-address": "2600:1f18:1::/48" };
  const several = await aRouterWorld({ rules: [rule, narrow, ...homeRules] });
  const one = await aRouterWorld({ rules: [rule, ...homeRules] });

  expect(valueOf(await several.router.look())).toMatchObject({
    marked: 2,
    rules: [{ ours: true }, { ours: true }],
  });
  expect(valueOf(await one.router.look()).marked).toBe(1);
});
