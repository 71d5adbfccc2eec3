// Two clusters behind one router.
import { describe, expect, test } from "vitest";
import { addressOf, MARKERS } from "../../../agent/router/markers.ts";
import { homeRules } from "../../../sim/routeros/home-rules.ts";
import { errorOf, rule, typed, valueOf } from "./router-world.ts";
import { HOUR, always, asked, aSharedWorld, markersOn, rulesOn } from "./shared-world.ts";

describe("a marker", () => {
  test("is left with the rule, in a list of its own, for a day", async () => {
    const world = await aSharedWorld({ rules: homeRules });
    const ensured = valueOf(await world.a.ensure(asked, always));
    expect(markersOn(world)).toEqual([`${MARKERS} ${addressOf("home")} home 1d true`]);
    expect(addressOf("home")).toMatch(/^100::([0-9a-f:]+)\/128$/);
    expect(ensured.actions.map(({ what }) => what)).toEqual([
      "add our rule",
      `add ${addressOf("home")} to the list ${MARKERS} for 1d`,
    ]);
  });

  test("differs by cluster, and is one however often a cluster asks", async () => {
    const world = await aSharedWorld();
    for (const agent of [world.a, world.b, world.a]) valueOf(await agent.ensure(asked, always));
    expect(rulesOn(world)).toHaveLength(1);
    expect(markersOn(world)).toHaveLength(2);
  });

  test("is left by a cluster that finds the rule of another one", async () => {
    const world = await aSharedWorld();
    await world.a.ensure(asked, always);
    const view = valueOf(await world.b.look());
    valueOf(await world.b.tidy(rule, always));
    expect(view).toMatchObject({ usedBy: ["home"], usedByUs: false });
    expect(valueOf(await world.b.look())).toMatchObject({ usedBy: ["home"], usedByUs: true });
  });

  test("is not left for a person's rule, and nobody looks for one without a rule", async () => {
    const world = await aSharedWorld({ rules: [typed] });
    valueOf(await world.a.ensure(asked, always));
    expect(valueOf(await world.a.look()).usedBy).toBeUndefined();
    expect(world.os.writes).toEqual([]);
  });

  test.each(["allowed", "refused"] as const)("is renewed where PATCH is %s", async (patch) => {
    const world = await aSharedWorld({ switches: { listTimeoutPatch: patch } });
    await world.a.ensure(asked, always);
    world.pass(10 * HOUR);
    expect(valueOf((await world.a.keepMarker?.()) ?? { ok: true, value: false })).toBe(true);
    expect(markersOn(world)).toEqual([`${MARKERS} ${addressOf("home")} home 1d true`]);
  });

  test("is left again after the router's restart, which forgets it but keeps the rule", async () => {
    const world = await aSharedWorld();
    await world.a.ensure(asked, always);
    await world.os.reboot({ confusedMs: 0 });
    expect(markersOn(world)).toEqual([]);
    await world.a.keepMarker?.();
    expect(markersOn(world)).toHaveLength(1);
  });

  test("is adopted by the agent's next process, and by no other cluster's", async () => {
    const world = await aSharedWorld();
    await world.a.ensure(asked, always);
    world.pass(10 * HOUR);
    await world.agentOf("home").keepMarker?.();
    await world.agentOf("branch").keepMarker?.();
    expect(markersOn(world)).toEqual([`${MARKERS} ${addressOf("home")} home 1d true`]);
  });

  test("is not renewed once the rule is gone", async () => {
    const world = await aSharedWorld();
    await world.a.ensure(asked, always);
    world.os.operator.remove("*1");
    world.pass(10 * HOUR);
    expect(valueOf((await world.a.keepMarker?.()) ?? { ok: true, value: true })).toBe(false);
    expect(markersOn(world)).toEqual([`${MARKERS} ${addressOf("home")} home 14h true`]);
  });

  test.each([
    ["with another address", { address: "100::1/128", timeout: "1d" }],
    ["with another name", { address: addressOf("home"), timeout: "1d", comment: "a note" }],
    ["in another list", { address: addressOf("branch"), timeout: "1d", list: "strangers" }],
  ])("%s is a person's entry, which holds nothing up and stays", async (_what, fields) => {
    const world = await aSharedWorld({ rules: [rule] });
    world.os.operator.addTimedEntry({ list: MARKERS, comment: "branch", ...fields });
    const before = markersOn(world);
    expect(valueOf(await world.a.withdraw()).removed).toBe(1);
    expect(markersOn(world)).toEqual(before);
  });

  test("that can't be left is told, and the rule stands", async () => {
    const world = await aSharedWorld({
      between: (request, next) =>
        request.method === "PUT" && request.path.includes("address-list")
          ? Promise.resolve({ status: 500, body: { detail: "no", error: 500, message: "no" } })
          : next(request),
    });
    const ensured = valueOf(await world.a.ensure(asked, always));
    expect(ensured.actions.map(({ ok }) => ok)).toEqual([true, false]);
    expect(rulesOn(world)).toHaveLength(1);
  });
});

describe("withdrawing", () => {
  test("leaves the rule to the other cluster, says so, and goes with the last one", async () => {
    const world = await aSharedWorld({ rules: homeRules });
    for (const agent of [world.a, world.b]) await agent.ensure(asked, always);
    const first = valueOf(await world.a.withdraw());
    const left = [rulesOn(world).length, markersOn(world).length];
    const again = valueOf(await world.a.withdraw());
    const last = valueOf(await world.b.withdraw());
    expect(first).toMatchObject({ removed: 0, stays: true, usedBy: ["branch"] });
    expect(left).toEqual([1, 1]);
    expect(again).toMatchObject({ removed: 0, stays: true });
    expect(last).toMatchObject({ removed: 1, stays: false });
    expect([rulesOn(world), markersOn(world)]).toEqual([[], []]);
  });

  test("says that nothing stays where a person has removed the rule and the other's marker lives on", async () => {
    const world = await aSharedWorld({ rules: homeRules });
    await world.b.ensure(asked, always);
    for (const { ".id": id = "" } of rulesOn(world)) world.os.operator.remove(id);

    const done = valueOf(await world.a.withdraw());

    expect(done).toMatchObject({ removed: 0, stays: false });
    expect(done.usedBy).toBeUndefined();
    expect(markersOn(world)).toHaveLength(1);
  });

  test("for all takes the rule off and tells who used it", async () => {
    const world = await aSharedWorld();
    for (const agent of [world.a, world.b]) await agent.ensure(asked, always);
    expect(valueOf(await world.a.withdraw("all"))).toMatchObject({
      removed: 1,
      stays: false,
      usedBy: ["branch"],
    });
    expect(rulesOn(world)).toEqual([]);
  });

  test("does not wait for a cluster that was not heard of for a day", async () => {
    const world = await aSharedWorld();
    for (const agent of [world.a, world.b]) await agent.ensure(asked, always);
    world.pass(25 * HOUR);
    expect(valueOf(await world.a.withdraw())).toMatchObject({ removed: 1, stays: false });
  });

  test("by a command that does not know its cluster leaves it to those that do", async () => {
    const world = await aSharedWorld();
    await world.a.ensure(asked, always);
    const command = world.agentOf(null);
    expect(valueOf(await command.withdraw())).toMatchObject({ stays: true, usedBy: ["home"] });
    expect(valueOf(await command.withdraw("all"))).toMatchObject({ removed: 1 });
  });

  test("is not said to be done where the markers can't be read", async () => {
    const world = await aSharedWorld({
      rules: [rule],
      between: (request, next) =>
        request.path.includes("address-list")
          ? Promise.resolve({ status: 400, body: { detail: "no", error: 400, message: "no" } })
          : next(request),
    });
    expect(errorOf(await world.a.withdraw()).message).toContain("address-list");
    expect(rulesOn(world)).toHaveLength(1);
  });
});
