// Two clusters behind one router, that want unlike rules or take theirs back.
import { describe, expect, test } from "vitest";
import { addressOf, MARKERS } from "../../../agent/router/markers.ts";
import { errorOf, rule, valueOf, withoutCounters } from "./router-world.ts";
import { HOUR, always, asked, otherRule, aSharedWorld, rulesOn } from "./shared-world.ts";

describe("unlike settings", () => {
  test("of two clusters are named, and neither replaces the other's rule", async () => {
    const world = await aSharedWorld();
    await world.a.ensure(asked, always);
    const before = withoutCounters(world.os);
    const error = errorOf(await world.b.ensure({ rule: otherRule, addresses: [] }, always));
    expect(error).toMatchObject({ next: "give-up", uncertain: false });
    expect(error.message).toContain("reject-with is icmp-address-unreachable, not tcp-reset");
    expect(error.message).toContain("home");
    expect(withoutCounters(world.os)).toEqual(before);
  });

  test("of one cluster, or of one that is not heard of, replace the older rule", async () => {
    const world = await aSharedWorld();
    await world.a.ensure(asked, always);
    valueOf(await world.a.ensure({ rule: otherRule, addresses: [] }, always));
    expect(rulesOn(world)).toMatchObject([{ "reject-with": "tcp-reset" }]);
    world.pass(25 * HOUR);
    valueOf(await world.b.ensure(asked, always));
    expect(rulesOn(world)).toMatchObject([{ "reject-with": rule["reject-with"] }]);
  });

  test("whose rules both stand already are left as they are; copies of ours go", async () => {
    const world = await aSharedWorld({ rules: [rule, otherRule, rule] });
    const { operator } = world.os;
    const marker = { list: MARKERS, address: addressOf("branch"), timeout: "1d" };
    operator.addTimedEntry({ ...marker, comment: "branch" });
    valueOf(await world.a.ensure(asked, always));
    expect(rulesOn(world).map((row) => row["reject-with"])).toEqual([
      rule["reject-with"],
      "tcp-reset",
    ]);
  });

  test("that were added at the same time are not fought over", async () => {
    const world = await aSharedWorld();
    const [first, second] = await Promise.all([
      world.a.ensure(asked, always),
      world.b.ensure({ rule: otherRule, addresses: [] }, always),
    ]);
    const writes = world.os.writes.length;
    await world.a.ensure(asked, always);
    await world.b.ensure({ rule: otherRule, addresses: [] }, always);
    expect([first.ok, second.ok]).toContain(true);
    expect(rulesOn(world).length).toBeGreaterThan(0);
    const later = world.os.writes.slice(writes);
    expect(
      later.filter(({ method, path }) => method !== "PATCH" && path.includes("filter")),
    ).toEqual([]);
  });
});

describe("a rule that this cluster adds while another one's marker is left from an older rule", () => {
  const withOldMarker = async () => {
    const world = await aSharedWorld();
    await world.b.ensure(asked, always);
    for (const row of world.os.table()) world.os.operator.remove(row[".id"] ?? "");
    world.pass(HOUR);
    await world.a.look();
    await world.a.ensure(asked, always);
    return world;
  };

  test("goes when this cluster takes it back: nobody else has used it", async () => {
    const world = await withOldMarker();

    const withdrawn = valueOf(await world.a.withdraw());

    expect(rulesOn(world)).toEqual([]);
    expect(withdrawn).toMatchObject({ removed: 1, stays: false });
  });

  test("stays once the other one has found it and uses it", async () => {
    const world = await withOldMarker();
    world.pass(HOUR);
    await world.b.keepMarker?.();

    const withdrawn = valueOf(await world.a.withdraw());

    expect(rulesOn(world)).toHaveLength(1);
    expect(withdrawn).toMatchObject({ stays: true, usedBy: ["branch"] });
  });
});
