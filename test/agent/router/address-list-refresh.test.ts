import { describe, expect, test } from "vitest";
import { refusal } from "../../../sim/routeros/errors.ts";
import type { Between } from "../../../sim/routeros/options.ts";
import {
  aBlockingWorld,
  aListWorld,
  AUTH,
  AUTH_NET,
  entriesOf,
  ENTRY_COMMENT,
  HUB,
  HUB_NET,
  inertRule,
  LIST,
  LIST_MENU,
  MINUTE,
  wantedFor,
  type ListWorld,
} from "./list-world.ts";
import { errorOf, requestsOf, valueOf } from "./router-world.ts";

const refresh = async ({ router }: ListWorld) => {
  const refreshed = await router.refresh?.();
  if (refreshed === undefined) throw new Error("this profile can't be refreshed");
  return refreshed;
};
const FILTER_MENU = "ipv6/firewall/filter";
const menu = (method: string, id = "") => `${method} ${LIST_MENU}${id}`;
const patchIs =
  (reply: Awaited<ReturnType<Between>>): Between =>
  (request, next) =>
    request.method === "PATCH" ? Promise.resolve(reply) : next(request);

describe("refresh", () => {
  test("gives each of our entries its whole time again", async () => {
    const world = await aBlockingWorld([HUB, AUTH]);
    expect(valueOf(await refresh(world))).toBe(2);
    expect(entriesOf(world)).toEqual([`${LIST} ${HUB_NET} 30m`, `${LIST} ${AUTH_NET} 30m`]);
    expect(requestsOf(world)).toEqual([
      `GET ${FILTER_MENU}`,
      `${menu("GET")}?list=${LIST}`,
      menu("PATCH", "/*1"),
      menu("PATCH", "/*2"),
      `${menu("GET")}?list=${LIST}`,
    ]);
  });

  test("keeps a block up for as long as it is asked for, and no longer", async () => {
    const world = await aBlockingWorld([HUB]);
    for (let hour = 0; hour < 3; hour += 1) {
      valueOf(await refresh(world));
      world.pass(29 * MINUTE);
    }
    const kept = entriesOf(world);
    world.pass(MINUTE);
    expect([kept, entriesOf(world)]).toEqual([[`${LIST} ${HUB_NET} 1m`], []]);
  });

  test("never puts back an entry whose time has run out", async () => {
    const world = await aBlockingWorld([HUB]);
    world.pass(20 * MINUTE);
    expect(valueOf(await refresh(world))).toBe(0);
    expect(requestsOf(world)).toEqual([`GET ${FILTER_MENU}`, `${menu("GET")}?list=${LIST}`]);
  });

  test.each(["400", "404"] as const)(
    "never puts back an entry that a person takes away meanwhile (%s)",
    async (patchUnknown) => {
      const world = await aBlockingWorld([HUB, AUTH], { switches: { patchUnknown } });
      world.os.operator.onNext("PATCH", () => world.os.operator.removeEntry("*1"));
      expect(valueOf(await refresh(world))).toBe(1);
      expect(entriesOf(world)).toEqual([`${LIST} ${AUTH_NET} 30m`]);
    },
  );

  test.each(["disabled", "removed"] as const)(
    "lets the entries expire where the rule was %s",
    async (how) => {
      const world = await aBlockingWorld([HUB]);
      if (how === "disabled") world.os.operator.disable("*1");
      else world.os.operator.remove("*1");
      expect(valueOf(await refresh(world))).toBe(0);
      expect(requestsOf(world)).toEqual([`GET ${FILTER_MENU}`]);
      world.pass(20 * MINUTE);
      expect(entriesOf(world)).toEqual([]);
    },
  );

  test("keeps them while a person's own rule uses the list", async () => {
    const rules = [{ ...inertRule, comment: "my own", "in-interface": "bridge" }];
    const world = await aListWorld({ rules });
    await world.addEntry({ address: HUB_NET, comment: ENTRY_COMMENT, timeout: "20m" });
    expect(valueOf(await refresh(world))).toBe(1);
  });

  test("adds nothing back between the steps of a withdrawal", async () => {
    const world = await aBlockingWorld([HUB, AUTH], { switches: { listTimeoutPatch: "refused" } });
    const [refreshed, withdrawn] = await Promise.all([refresh(world), world.router.withdraw()]);
    expect([valueOf(refreshed), valueOf(withdrawn).removed]).toEqual([2, 3]);
    expect([world.os.table(), entriesOf(world)]).toEqual([[], []]);
  });

  test("leaves a person's entries and disabled ones alone", async () => {
    const world = await aListWorld({ rules: [inertRule] });
    await world.addEntry({ address: HUB_NET, comment: "mine", timeout: "1h" });
    await world.addEntry({
      address: AUTH_NET,
      comment: ENTRY_COMMENT,
      timeout: "1h",
      disabled: "yes",
    });
    await world.addEntry({
      address: HUB_NET,
      comment: ENTRY_COMMENT,
      timeout: "1h",
      list: "theirs",
    });
    const writes = world.os.writes.length;
    expect(valueOf(await refresh(world))).toBe(0);
    expect(world.os.writes).toHaveLength(writes);
  });
});

describe("where the router does not change an entry with a time", () => {
  test("the entry is removed and added anew", async () => {
    const world = await aBlockingWorld([HUB], { switches: { listTimeoutPatch: "refused" } });
    expect(valueOf(await refresh(world))).toBe(1);
    expect(entriesOf(world)).toEqual([`${LIST} ${HUB_NET} 30m`]);
    expect(requestsOf(world).slice(2, -1)).toEqual([
      menu("PATCH", "/*1"),
      menu("DELETE", "/*1"),
      menu("PUT"),
    ]);
  });

  test("ensure does the same, and has not added a block", async () => {
    const world = await aBlockingWorld([HUB], { switches: { listTimeoutPatch: "refused" } });
    const ensured = valueOf(await world.router.ensure(wantedFor(HUB), () => true));
    expect(ensured.added).toBe(false);
    expect(ensured.actions.map(({ ok }) => ok)).toEqual([false, true, true]);
    expect(entriesOf(world)).toEqual([`${LIST} ${HUB_NET} 30m`]);
  });

  test("the answer that a missing right would give, too, leads there", async () => {
    const between = patchIs(refusal(400, "missing or invalid resource identifier"));
    const world = await aBlockingWorld([HUB], { between });
    expect(valueOf(await refresh(world))).toBe(1);
    expect(entriesOf(world)).toEqual([`${LIST} ${HUB_NET} 30m`]);
  });

  test("an entry that a person takes away first is not added anew", async () => {
    const world = await aBlockingWorld([HUB], { switches: { listTimeoutPatch: "refused" } });
    world.os.operator.onNext("DELETE", () => world.os.operator.removeEntry("*1"));
    expect(valueOf(await refresh(world))).toBe(0);
    expect(entriesOf(world)).toEqual([]);
  });

  test("an entry that could not be added anew is a failure that lists what was done", async () => {
    const world = await aBlockingWorld([HUB], { switches: { listTimeoutPatch: "refused" } });
    world.os.operator.onNext("PUT", () => (world.os.faults.readOnly = true));
    const error = errorOf(await refresh(world));
    expect(error).toMatchObject({ next: "give-up", uncertain: false });
    expect(error.message).toContain(`${HUB_NET} in the list ${LIST}`);
    expect(error.actions?.map(({ ok }) => ok)).toEqual([false, true, false]);
  });

  test("200 without an effect is a failure", async () => {
    const world = await aBlockingWorld([HUB], { between: patchIs({ status: 200, body: {} }) });
    const error = errorOf(await refresh(world));
    expect(error).toMatchObject({ next: "retry", uncertain: false });
    expect(error.message).toContain("its time is as it was");
  });
});

test("ensure adds an entry whose time ran out just before it was renewed", async () => {
  const world = await aBlockingWorld([HUB]);
  world.os.operator.onNext("PATCH", () => world.os.operator.removeEntry("*1"));
  expect(valueOf(await world.router.ensure(wantedFor(HUB), () => true)).added).toBe(true);
  expect(entriesOf(world)).toEqual([`${LIST} ${HUB_NET} 30m`]);
});

describe("faults", () => {
  test.each(["400", "500", "close"] as const)("%s after the time was set counts", async (fault) => {
    const world = await aBlockingWorld([HUB]);
    world.os.faults.afterApply.push(fault);
    expect(valueOf(await refresh(world))).toBe(1);
    expect(entriesOf(world)).toEqual([`${LIST} ${HUB_NET} 30m`]);
  });

  test("a refused login ends it with that request", async () => {
    const world = await aBlockingWorld([HUB, AUTH]);
    const { operator, faults } = world.os;
    operator.onNext("GET", () => operator.onNext("GET", () => (faults.refuseLogin = true)));
    expect(errorOf(await refresh(world)).next).toBe("give-up");
    expect(world.log.map(({ status }) => status)).toEqual([200, 200, 401]);
  });

  test("a user who may only read changes nothing and removes nothing", async () => {
    const world = await aBlockingWorld([HUB]);
    world.os.faults.readOnly = true;
    expect(errorOf(await refresh(world)).next).toBe("give-up");
    expect(entriesOf(world)).toEqual([`${LIST} ${HUB_NET} 20m`]);
  });
});

test("a look tells until when the last of our own entries lives", async () => {
  const world = await aBlockingWorld([HUB]);
  await world.addEntry({ address: "2600:1f18:aaaa::/48", comment: "mine", timeout: "5h" });
  const before = valueOf(await world.router.look()).entriesLeftMs;
  world.pass(5 * MINUTE);
  expect([before, valueOf(await world.router.look()).entriesLeftMs]).toEqual([
    20 * MINUTE,
    15 * MINUTE,
  ]);
});
