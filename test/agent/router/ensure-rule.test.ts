import { describe, expect, test } from "vitest";
import { homeRules } from "../../../sim/routeros/home-rules.ts";
import {
  aRouterWorld,
  commentsOf,
  errorOf,
  requestsOf,
  rule,
  valueOf,
  withoutCounters,
  wanted,
} from "./router-world.ts";

const OURS = rule.comment;
/** home-rules.ts has two `input` rules before the first of `forward`; ids start at *1. */
const FIRST_FORWARD = 2;
const FIRST_ID = "*1";

describe("a rule is added", () => {
  test("with every field of the usual rule, before every other static rule", async () => {
    const { os, router } = await aRouterWorld({ rules: homeRules });
    const ensured = valueOf(await router.ensure(wanted, () => true));
    expect(ensured).toMatchObject({
      added: true,
      rule: { ours: true, disabled: false, behind: null },
    });
    expect(ensured.actions).toMatchObject([{ what: "add our rule", ok: true, detail: "done" }]);
    expect(os.table()[0]).toMatchObject(rule);
  });

  test("and then keeps new IPv6 connections out", async () => {
    const { os, router } = await aRouterWorld({ rules: homeRules });
    await router.ensure(wanted, () => true);
    const decision = os.decide({
      chain: "forward",
      family: "v6",
      dstAddress: "2600:1f18::1",
      dstPort: 443,
      protocol: "tcp",
      syn: true,
      ack: false,
    });
    expect(decision).toEqual({ verdict: "reject", with: "icmp-address-unreachable" });
    expect(valueOf(await router.look()).rules[0]).toMatchObject({ packets: "1" });
  });

  test("only once, however often it is asked for", async () => {
    const { os, router } = await aRouterWorld({ rules: homeRules });
    await router.ensure(wanted, () => true);
    const again = valueOf(await router.ensure(wanted, () => true));
    expect(again).toMatchObject({ added: false, actions: [] });
    expect(commentsOf(os).filter((comment) => comment === OURS)).toHaveLength(1);
    expect(os.writes).toHaveLength(1);
  });

  test("on an empty table, without place-before", async () => {
    const { os, router } = await aRouterWorld();
    expect(valueOf(await router.ensure(wanted, () => true)).added).toBe(true);
    expect(JSON.parse(os.writes[0]?.body ?? "")).toEqual(rule);
  });

  test("behind a dynamic first row, which nothing can precede", async () => {
    const { os, router } = await aRouterWorld({
      dynamicFirstRow: true,
      rules: homeRules.slice(FIRST_FORWARD),
    });
    expect(valueOf(await router.ensure(wanted, () => true)).rule.behind).toBeNull();
    expect(os.table()[1]).toMatchObject({ comment: OURS });
  });

  test("before another chain's row where forward has none", async () => {
    const { os, router } = await aRouterWorld({ rules: homeRules.slice(0, FIRST_FORWARD) });
    await router.ensure(wanted, () => true);
    expect(commentsOf(os)[0]).toBe(OURS);
  });

  test("with tcp-flags where only new connections are meant", async () => {
    const { os, router } = await aRouterWorld();
    const newOnly = { ...rule, "tcp-flags": "syn,!ack" };
    await router.ensure({ rule: newOnly, addresses: [] }, () => true);
    expect(valueOf(await router.ensure({ rule: newOnly, addresses: [] }, () => true)).added).toBe(
      false,
    );
    expect(os.table()).toMatchObject([{ "tcp-flags": "syn,!ack" }]);
  });

  test("in four requests after a look, and in one where it stands, among 5,000 other rules", async () => {
    const others = Array.from({ length: 5_000 }, (_, n) => ({
      chain: "forward",
      action: "accept",
      "dst-address": `2001:db8:${n.toString(16)}::/48`,
      comment: `rule ${n}`,
    }));
    const world = await aRouterWorld({ rules: others, msPerRow: 0 });
    await world.router.look();
    world.log.splice(0);
    const added = valueOf(await world.router.ensure(wanted, () => true));
    const adding = requestsOf(world);
    const stands = valueOf(await world.router.ensure(wanted, () => true));
    expect(added.rule.behind).toBeNull();
    expect(stands.added).toBe(false);
    expect(adding).toEqual([
      "GET ipv6/firewall/filter",
      "GET ipv6/settings",
      "PUT ipv6/firewall/filter",
      "GET ipv6/firewall/filter",
    ]);
    expect(requestsOf(world).slice(adding.length)).toEqual(["GET ipv6/firewall/filter"]);
    expect(world.os.overlaps).toBe(0);
  });
});

describe("where the place is lost", () => {
  test("one move puts a rule first that the router appended", async () => {
    const { os, router } = await aRouterWorld({
      rules: homeRules,
      switches: { placeBeforeUnknown: "append" },
    });
    // The row that the rule is to precede goes away between our look and our PUT.
    os.operator.onNext("PUT", () => os.operator.remove(FIRST_ID));
    const ensured = valueOf(await router.ensure(wanted, () => true));
    expect(ensured.rule.behind).toBeNull();
    expect(ensured.actions.map((action) => action.what)).toEqual([
      "add our rule",
      "move our rule *7 before *2",
    ]);
    expect(commentsOf(os)[0]).toBe(OURS);
  });

  test("a second move is not tried: the rule that stands before it is named", async () => {
    const { os, router } = await aRouterWorld({
      rules: homeRules,
      switches: { placeBeforeUnknown: "append" },
    });
    os.operator.onNext("PUT", () => os.operator.remove(FIRST_ID));
    os.operator.onNext("POST", () => os.operator.remove("*2"));
    const ensured = valueOf(await router.ensure(wanted, () => true));
    expect(ensured).toMatchObject({
      added: true,
      rule: { behind: "defconf: accept established,related,untracked" },
    });
    expect(os.writes.map((write) => write.method)).toEqual(["PUT", "POST"]);
  });

  test("a rule of ours that a person moved stays where it is", async () => {
    const { os, router } = await aRouterWorld({ rules: homeRules });
    await router.ensure(wanted, () => true);
    os.operator.move("*7");
    const before = withoutCounters(os);
    const ensured = valueOf(await router.ensure(wanted, () => true));
    expect(ensured).toMatchObject({
      added: false,
      rule: { behind: "defconf: accept established,related,untracked" },
    });
    expect(withoutCounters(os)).toEqual(before);
  });

  test("an unknown place that the router refuses is tried again later", async () => {
    const { os, router } = await aRouterWorld({ rules: homeRules });
    os.operator.onNext("PUT", () => os.operator.remove(FIRST_ID));
    const error = errorOf(await router.ensure(wanted, () => true));
    expect(error).toMatchObject({ next: "retry", uncertain: false });
    expect(error.message).toContain("no such item");
  });
});

describe("more of ours", () => {
  test("extra copies are removed and the first one stays", async () => {
    const { os, router } = await aRouterWorld({ rules: [rule, ...homeRules, rule, rule] });
    const ensured = valueOf(await router.ensure(wanted, () => true));
    expect(ensured).toMatchObject({ added: false, rule: { id: "*1" } });
    expect(ensured.actions.map((action) => action.what)).toEqual([
      "remove our rule *8",
      "remove our rule *9",
    ]);
    expect(commentsOf(os)).toEqual([OURS, ...homeRules.map((row) => row["comment"])]);
  });

  test("of a disabled and an enabled one the enabled one stays", async () => {
    const { os, router } = await aRouterWorld({ rules: [{ ...rule, disabled: "true" }, rule] });
    expect(valueOf(await router.ensure(wanted, () => true)).rule).toMatchObject({
      id: "*2",
      disabled: false,
    });
    expect(os.table()).toHaveLength(1);
  });

  test("removing copies moves nothing that was found", async () => {
    const { os, router } = await aRouterWorld({ rules: [...homeRules, rule, rule] });
    const ensured = valueOf(await router.ensure(wanted, () => true));
    expect(ensured.rule).toMatchObject({
      id: "*7",
      behind: "defconf: accept established,related,untracked",
    });
    expect(os.writes.map((write) => write.method)).toEqual(["DELETE"]);
  });

  test.each<[string, Record<string, string>]>([
    ["prefix", { "dst-address": "2600:1f16::/32" }],
    ["answer", { "reject-with": "tcp-reset" }],
    ["flags", { "tcp-flags": "syn,!ack" }],
  ])("a rule of ours with another %s makes room for the one now wanted", async (_name, fields) => {
    const { os, router } = await aRouterWorld({ rules: [{ ...rule, ...fields }, ...homeRules] });
    const ensured = valueOf(await router.ensure(wanted, () => true));
    expect(ensured).toMatchObject({ added: true, rule: { id: "*8", behind: null } });
    expect(os.writes.map((write) => write.method)).toEqual(["PUT", "DELETE"]);
    expect(os.table().filter((row) => row["comment"] === OURS)).toMatchObject([rule]);
  });
});
