// Whose is it? Ours is what we write, to the letter; a mark that somebody else wrote is only named.
import { describe, expect, test } from "vitest";
import { ruleFor } from "../../../agent/plan/plan.ts";
import { homeRules } from "../../../sim/routeros/home-rules.ts";
import { aPolicy } from "../../support/a-policy.ts";
import { aListWorld, ENTRY_COMMENT, HUB_NET, inertRule, wantedFor, HUB } from "./list-world.ts";
import {
  aRouterWorld,
  commentsOf,
  rule,
  typed,
  valueOf,
  wanted,
  withoutCounters,
} from "./router-world.ts";

const note = "kept for [backon], do not delete";

describe("a rule with our mark that we would not write", () => {
  test.each<[string, Record<string, string>]>([
    ["another comment", { comment: note }],
    ["our comment and a note", { comment: `${rule.comment} see ticket 7` }],
    ["another port", { "dst-port": "8443" }],
    ["one source only", { "src-address": "2001:db8::/64" }],
    ["a matcher that we do not know", { "some-new-matcher": "x" }],
    ["another chain", { chain: "input" }],
    ["drop", { action: "drop" }],
    ["another way to refuse", { "reject-with": "icmp-not-neighbour" }],
    ["a network that is wider than we take", { "dst-address": "2600::/16" }],
    ["all but the network", { "dst-address": "!2600:1f18::/32" }],
    ["both a network and a list", { "dst-address-list": "backon-block-v6" }],
    ["another hole", { "src-port": "!100-200" }],
    ["logging", { log: "true" }],
    ["a log prefix", { "log-prefix": "hub" }],
    ["our comment and two ports", { "dst-port": "80,443", disabled: "true" }],
  ])("(%s) is named, stops nothing and stays", async (_what, fields) => {
    const theirs = { ...rule, ...fields };
    const { os, router } = await aRouterWorld({ rules: [...homeRules, theirs] });
    const before = withoutCounters(os);
    const named = [`rule *7 “${theirs.comment}”`];

    const view = valueOf(await router.look());
    const ensured = valueOf(await router.ensure(wanted, () => true));
    const tidied = await router.tidy(rule, () => true);
    const withdrawn = valueOf(await router.withdraw());

    expect(view).toMatchObject({ marked: 0, leftAlone: named });
    expect(ensured.rule.disabled).toBe(false);
    expect(tidied.ok).toBe(ensured.added);
    expect(withdrawn).toMatchObject({ removed: ensured.added ? 1 : 0, leftAlone: named });
    expect(withoutCounters(os)).toEqual(before);
  });

  test("counts as a person's where it keeps out the whole prefix: nothing is added", async () => {
    const theirs = { ...rule, comment: note };
    const { os, router } = await aRouterWorld({ rules: [theirs] });

    const ensured = valueOf(await router.ensure(wanted, () => true));

    expect(ensured).toMatchObject({ added: false, rule: { ours: false, id: "*1" } });
    expect(os.writes).toEqual([]);
  });

  test("beside ours it is no copy of ours", async () => {
    const edited = { ...rule, "dst-port": "8443" };
    const { os, router } = await aRouterWorld({
      rules: [rule, edited, { ...rule, comment: note }],
    });
    const before = withoutCounters(os);

    valueOf(await router.ensure(wanted, () => true));
    valueOf(await router.tidy(rule, () => true));

    expect(withoutCounters(os)).toEqual(before);
  });
});

describe("a rule that we would write, with whatever settings", () => {
  const settings = [
    {},
    { profile: "address-list" },
    { profile: "address-list", addressList: "another.list_1", life: "until-healed" },
    { life: "until-healed" },
    { newOnly: true },
    { prefix: "2600:1f18:2148::/48" },
    ...["icmp-no-route", "icmp-admin-prohibited", "icmp-port-unreachable", "tcp-reset"].map(
      (rejectWith) => ({ rejectWith }),
    ),
  ] as const;

  test.each(settings)("%j is ours, and withdrawn", async (changes) => {
    const fields = Object.entries(ruleFor(aPolicy(changes)));
    const older = Object.fromEntries(fields.map(([name, value]) => [name, value ?? ""]));
    const { os, router } = await aRouterWorld({ rules: [older, typed] });

    expect(valueOf(await router.look()).marked).toBe(1);
    expect(valueOf(await router.withdraw())).toEqual({ removed: 1, actions: expect.any(Array) });
    expect(commentsOf(os)).toEqual([typed.comment]);
  });

  test("is ours when it is disabled, or read back in another spelling", async () => {
    const spelled = { "dst-address": "2600:1F18:0::/32", "tcp-flags": "!ack,syn", log: "false" };
    const rules = [
      { ...rule, disabled: "true" },
      { ...rule, ...spelled },
    ];
    const { router } = await aRouterWorld({ rules });

    expect(valueOf(await router.look())).toMatchObject({ marked: 2 });
  });
});

describe("an entry with our mark that we would not write", () => {
  test.each<[string, Record<string, string>]>([
    ["another comment", { comment: note, timeout: "20m" }],
    ["for good", { comment: ENTRY_COMMENT }],
    ["a wider network", { comment: ENTRY_COMMENT, timeout: "20m", address: "2600:1f18::/48" }],
    ["disabled, with another comment", { comment: note, disabled: "yes" }],
  ])("(%s) is named, stops nothing and stays", async (_what, fields) => {
    const world = await aListWorld({ rules: [inertRule] });
    await world.addEntry({ address: HUB_NET, ...fields });
    const [before] = world.os.entries();

    valueOf(await world.router.ensure(wantedFor(HUB), () => true));
    valueOf((await world.router.refresh?.()) ?? { ok: true, value: 0 });
    const view = valueOf(await world.router.look());
    const withdrawn = valueOf(await world.router.withdraw());

    const named = [`list entry *1 ${before?.["address"]} “${before?.["comment"]}”`];
    expect([view.leftAlone, withdrawn.leftAlone]).toEqual([named, named]);
    expect(world.os.entries()).toEqual([before]);
  });
});
