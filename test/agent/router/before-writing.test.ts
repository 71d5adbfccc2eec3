import { describe, expect, test } from "vitest";
import { homeRules } from "../../../sim/routeros/home-rules.ts";
import { aRouterWorld, errorOf, requestsOf, rule, typed, valueOf, wanted } from "./router-world.ts";

describe("before the first write", () => {
  test.each([
    ["an old version", { version: "7.8 (stable)" }, "RouterOS 7.8 (stable); 7.9 or newer"],
    ["version 6", { version: "6.49.10 (long-term)" }, "7.9 or newer"],
    ["IPv6 switched off", { ipv6: { disabled: true, forward: true } }, "disable-ipv6=yes"],
    ["IPv6 not routed", { ipv6: { disabled: false, forward: false } }, "forward=no"],
    ["no IPv6 menus", { ipv6: null }, "no such command or directory (ipv6)"],
  ])("%s ends it, with the reason", async (_name, options, reason) => {
    const { os, router } = await aRouterWorld(options);
    const error = errorOf(await router.ensure(wanted, () => true));
    expect(error.next).toBe("give-up");
    expect(error.message).toContain(reason);
    expect(os.writes).toEqual([]);
  });

  test("the version that a look read is not asked for again", async () => {
    const world = await aRouterWorld();
    await world.router.look();
    await world.router.ensure(wanted, () => true);
    expect(requestsOf(world).filter((request) => request.endsWith("resource"))).toHaveLength(1);
  });

  test("the version is asked for again after a broken connection: it may be a restart", async () => {
    const world = await aRouterWorld();
    await world.router.look();
    world.os.faults.closeGets = 1;
    await world.router.ensure(wanted, () => true);
    expect(requestsOf(world).filter((request) => request.endsWith("resource"))).toHaveLength(2);
  });

  test("the version is asked for again after ten minutes", async () => {
    let ms = 0;
    const clock = { now: () => ms, sleep: async () => undefined };
    const world = await aRouterWorld({}, { clock });
    await world.router.look();
    ms = 600_001;
    await world.router.ensure(wanted, () => true);
    expect(requestsOf(world).filter((request) => request.endsWith("resource"))).toHaveLength(2);
  });

  test("another menu's object in place of the table means not ready, not empty", async () => {
    const { os, router } = await aRouterWorld();
    os.faults.wrongObjects = 1;
    const error = errorOf(await router.ensure(wanted, () => true));
    expect(error).toMatchObject({ next: "retry", uncertain: false });
    expect(error.message).toContain("not ready");
    expect(os.writes).toEqual([]);
  });

  test("the right to write is asked for right before each write, and only then", async () => {
    const { os, router } = await aRouterWorld({ rules: [{ ...rule, "tcp-flags": "syn,!ack" }] });
    const asked: number[] = [];
    const once = () => asked.push(os.writes.length) === 1;
    const ensured = valueOf(await router.ensure(wanted, once));
    expect(asked).toEqual([0, 1]);
    expect(ensured).toMatchObject({ added: true, actions: [{ what: "add our rule" }] });
    expect(os.table()).toHaveLength(2);
  });

  test("without the right to write nothing is sent, and no action is told", async () => {
    const { os, router } = await aRouterWorld({ rules: homeRules });
    const error = errorOf(await router.ensure(wanted, () => false));
    expect(error).toMatchObject({ next: "retry", uncertain: false, actions: [] });
    expect(error.message).toContain("the right to write ran out before its turn came");
    expect(os.writes).toEqual([]);
  });

  test("a rule without our mark is never added", async () => {
    const { os, router } = await aRouterWorld();
    expect(errorOf(await router.ensure({ rule: typed, addresses: [] }, () => true)).next).toBe(
      "give-up",
    );
    expect(os.requests).toBe(0);
  });
});
