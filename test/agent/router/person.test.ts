import { describe, expect, test } from "vitest";
import { homeRules } from "../../../sim/routeros/home-rules.ts";
import { aRouterWorld, typed, valueOf, withoutCounters, wanted } from "./router-world.ts";

describe("what a person did is left alone", () => {
  test.each<[string, Record<string, string>]>([
    ["the usual rule", {}],
    ["the same with drop", { action: "drop", "reject-with": "" }],
    ["a wider prefix", { "dst-address": "2600:1f00::/24" }],
    ["more ports", { "dst-port": "80,443" }],
  ])("%s, typed by hand, counts as present and survives withdraw", async (_name, fields) => {
    const row = Object.fromEntries(
      Object.entries({ ...typed, ...fields }).filter(([, value]) => value !== ""),
    );
    const { os, router } = await aRouterWorld({ rules: [...homeRules, row] });
    const before = withoutCounters(os);
    const ensured = valueOf(await router.ensure(wanted, () => true));
    const withdrawn = valueOf(await router.withdraw());
    expect(ensured).toMatchObject({ added: false, rule: { ours: false, id: "*7" } });
    expect(ensured.rule.behind).toBe("defconf: accept established,related,untracked");
    expect(withdrawn.removed).toBe(0);
    expect(os.writes).toEqual([]);
    expect(withoutCounters(os)).toEqual(before);
  });

  test.each<[string, Record<string, string>]>([
    ["for one source only", { "src-address": "2001:db8::/64" }],
    ["for one interface only", { "in-interface": "ether2" }],
    ["with a matcher we do not know", { "some-new-matcher": "x" }],
    ["for a part of the prefix", { "dst-address": "2600:1f18:2148::/48" }],
    ["for one half of the prefix", { "dst-address": "2600:1f18::/33" }],
    ["for all but the prefix", { "dst-address": "!2600:1f18::/32" }],
    ["that accepts", { action: "accept" }],
    ["in the input chain", { chain: "input" }],
    ["for another port", { "dst-port": "8443" }],
    ["that is disabled", { disabled: "true" }],
  ])("a typed rule %s does not count as present", async (_name, fields) => {
    const { router } = await aRouterWorld({ rules: [{ ...typed, ...fields }] });
    expect(valueOf(await router.ensure(wanted, () => true)).added).toBe(true);
  });

  const halves = ["2600:1f18::/33", "2600:1f18:8000::/33"];
  const in3 = ["2600:1f18:8000::/33", "2600:1f18:4000::/34", "2600:1f18::/34"];

  test.each([
    ["two halves", halves, []],
    ["three parts", in3, []],
    ["parts and what lies beside", ["2001:db8::/32", "2600:1f18:1::/48", ...halves], []],
    ["one half with every address in it", halves.slice(1), ["2600:1f18:9999::1"]],
    [
      "a part for each address",
      ["2600:1f18:1::/48", "2600:1f18:2::/48"],
      ["2600:1f18:2::1", "2600:1f18:1::1"],
    ],
  ])("%s, typed by hand, count as present", async (_name, networks, addresses) => {
    const rules = networks.map((network) => ({ ...typed, "dst-address": network }));
    const { os, router } = await aRouterWorld({ rules: [...homeRules, ...rules] });
    const view = valueOf(await router.look());
    const ensured = valueOf(await router.ensure({ ...wanted, addresses }, () => true));
    expect(ensured).toMatchObject({ added: false, rule: { ours: false } });
    expect(view.rules.flatMap((one) => one.networks)).toEqual(
      networks.filter((network) => network.startsWith("2600:")),
    );
    expect(os.writes).toEqual([]);
  });

  test.each([
    ["with a gap", ["2600:1f18::/34", "2600:1f18:8000::/33"], []],
    ["and one address beside", halves.slice(1), ["2600:1f18:9999::1", "2600:1f18:1::1"]],
  ])("parts %s do not count", async (_name, networks, addresses) => {
    const rules = networks.map((network) => ({ ...typed, "dst-address": network }));
    const { router } = await aRouterWorld({ rules });
    const ensured = await router.ensure({ ...wanted, addresses }, () => true);
    expect(valueOf(ensured).added).toBe(true);
  });

  test("ours, disabled, is neither enabled nor added again", async () => {
    const { os, router } = await aRouterWorld({ rules: homeRules });
    await router.ensure(wanted, () => true);
    os.operator.disable("*7");
    const before = withoutCounters(os);
    const ensured = valueOf(await router.ensure(wanted, () => true));
    expect(ensured).toMatchObject({ added: false, rule: { id: "*7", disabled: true, ours: true } });
    expect(withoutCounters(os)).toEqual(before);
  });
});
