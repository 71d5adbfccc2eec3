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
  wantedFor,
} from "./list-world.ts";
import { errorOf, requestsOf, valueOf } from "./router-world.ts";

const entryPut = `PUT ${LIST_MENU}`;
const madeOf = (actions: readonly { what: string; ok: boolean }[] = []) =>
  actions.map(({ what, ok }) => `${what.replace(/ to the list .*/, "")}: ${ok}`);

/** A router that answers this method on the list in its own way. */
const answering =
  (method: string, reply: Awaited<ReturnType<Between>>): Between =>
  (request, next) =>
    request.method === method && request.path.includes(LIST_MENU)
      ? Promise.resolve(reply)
      : next(request);

describe("an unclear answer while an entry is added", () => {
  test.each(["400", "500", "close"] as const)(
    "%s after it was added: it is found and not added twice",
    async (fault) => {
      const world = await aListWorld({ rules: [inertRule] });
      world.os.faults.afterApply.push(fault);
      const ensured = valueOf(await world.router.ensure(wantedFor(HUB), () => true));
      expect(ensured).toMatchObject({ added: true, actions: [{ ok: false }] });
      expect(requestsOf(world).filter((request) => request === entryPut)).toHaveLength(1);
      expect(entriesOf(world)).toEqual([`${LIST} ${HUB_NET} 30m`]);
    },
  );

  test.each(["500", "close"] as const)("%s at the first: the second is added", async (fault) => {
    const world = await aListWorld({ rules: [inertRule] });
    world.os.faults.afterApply.push(fault);
    valueOf(await world.router.ensure(wantedFor(HUB, AUTH), () => true));
    expect(entriesOf(world)).toHaveLength(2);
  });

  test("cut before it took effect: not repeated, and known not to have happened", async () => {
    const world = await aListWorld({ rules: [inertRule] });
    world.os.faults.closeBeforeApply = 1;
    const error = errorOf(await world.router.ensure(wantedFor(HUB), () => true));
    expect(error).toMatchObject({ next: "retry", uncertain: false });
    expect(error.message).toContain(`${HUB_NET} is not in the list ${LIST}`);
    expect(requestsOf(world).filter((request) => request === entryPut)).toHaveLength(1);
  });

  test("201 without an effect is a failure", async () => {
    const world = await aListWorld({ between: answering("PUT", { status: 201, body: {} }) });
    const error = errorOf(await world.router.ensure(wantedFor(HUB), () => true));
    expect(error).toMatchObject({ next: "retry", uncertain: false });
    expect(error.message).toContain(`${HUB_NET} is not in the list`);
  });

  test("and the list can't be read afterwards: that is said", async () => {
    const world = await aListWorld({ rules: [inertRule] });
    world.os.faults.afterApply.push("close");
    world.os.operator.onNext("PUT", () => (world.os.faults.closeGets = 10));
    const error = errorOf(await world.router.ensure(wantedFor(HUB), () => true));
    expect(error).toMatchObject({ next: "retry", uncertain: true });
    expect(madeOf(error.actions)).toEqual([`add ${HUB_NET}: false`]);
  });

  test("`already have such entry`: a person's that came meanwhile counts", async () => {
    const world = await aListWorld({ rules: [inertRule] });
    world.os.operator.onNext("PUT", () => world.os.operator.addEntry(LIST, HUB_NET, "mine"));
    const ensured = valueOf(await world.router.ensure(wantedFor(HUB), () => true));
    expect(ensured).toMatchObject({ added: false, rule: { networks: [HUB_NET] } });
    expect(ensured.actions).toMatchObject([{ ok: false, detail: expect.stringContaining("such") }]);
  });

  test("`already have such entry`: ours that another agent added is not this job's", async () => {
    const world = await aListWorld({ rules: [inertRule] });
    const timeout = "30m";
    const theirs = { list: LIST, address: HUB_NET, timeout, comment: ENTRY_COMMENT };
    world.os.operator.onNext("PUT", () => world.os.operator.addTimedEntry(theirs));
    const ensured = valueOf(await world.router.ensure(wantedFor(HUB), () => true));
    expect(ensured).toMatchObject({ added: false, rule: { networks: [HUB_NET] } });
  });

  test("`already have such entry`, but it is not there: tried again later", async () => {
    const such = refusal(400, "failure: already have such entry");
    const world = await aListWorld({ between: answering("PUT", such) });
    expect(errorOf(await world.router.ensure(wantedFor(HUB), () => true)).next).toBe("retry");
  });
});

describe("where the rule stands and its entries can't be set", () => {
  test("the failure lists what was done", async () => {
    const world = await aListWorld();
    const { faults, operator } = world.os;
    operator.onNext("PUT", () => operator.onNext("PUT", () => (faults.readOnly = true)));
    const error = errorOf(await world.router.ensure(wantedFor(HUB), () => true));
    expect(error).toMatchObject({ next: "give-up", uncertain: false });
    expect(error.message).toContain("not enough permissions (9)");
    expect(madeOf(error.actions)).toEqual(["add our rule: true", `add ${HUB_NET}: false`]);
    expect(world.os.table()).toHaveLength(1);
  });

  test("a refusal ends it: the other entries are not tried", async () => {
    const refused = refusal(400, "failure: too many entries");
    const world = await aListWorld({ between: answering("PUT", refused) });
    const error = errorOf(await world.router.ensure(wantedFor(HUB, AUTH), () => true));
    expect(error.next).toBe("give-up");
    expect(madeOf(error.actions)).toEqual(["add our rule: true", `add ${HUB_NET}: false`]);
  });

  test("a refused login ends it with that request", async () => {
    const world = await aListWorld({ rules: [inertRule] });
    const { faults, operator } = world.os;
    operator.onNext("PUT", () => (faults.refuseLogin = true));
    const error = errorOf(await world.router.ensure(wantedFor(HUB, AUTH), () => true));
    expect(error.next).toBe("give-up");
    expect(world.log.at(-1)).toMatchObject({ method: "PUT", status: 401 });
  });

  test("a list of another shape means not ready, and nothing is written", async () => {
    const world = await aListWorld({
      rules: [inertRule],
      between: answering("GET", { status: 200, body: [{ name: "sim" }] }),
    });
    const error = errorOf(await world.router.ensure(wantedFor(HUB), () => true));
    expect(error).toMatchObject({ next: "retry", uncertain: false });
    expect(error.message).toContain("not ready");
    expect(world.os.writes).toEqual([]);
  });

  test("rows of other lists in the answer are nobody's business here", async () => {
    const theirs = {
      ".id": "*9",
      list: "strangers",
      address: HUB_NET,
      comment: ENTRY_COMMENT,
      disabled: "false",
    };
    const world = await aListWorld({
      rules: [inertRule],
      between: answering("GET", { status: 200, body: [theirs] }),
    });
    expect(valueOf(await world.router.look()).rules).toMatchObject([{ networks: [] }]);
    expect(valueOf(await world.router.withdraw()).removed).toBe(1);
    expect(world.os.writes.map(({ path }) => path)).toEqual(["/rest/ipv6/firewall/filter/*1"]);
  });
});

describe("the right to write", () => {
  test.each([
    [0, 3],
    [1, 6],
    [2, 7],
  ])("runs out after %i writes: nothing is sent after %i requests", async (count, requests) => {
    const world = await aListWorld();
    const error = errorOf(
      await world.router.ensure(wantedFor(HUB, AUTH), () => world.os.writes.length < count),
    );
    expect(error).toMatchObject({ next: "retry", uncertain: false });
    expect(error.message).toContain("nothing was sent");
    expect(world.os.writes).toHaveLength(count);
    expect(world.os.requests).toBe(requests);
    expect(madeOf(error.actions)).toEqual(
      ["add our rule: true", `add ${HUB_NET}: true`].slice(0, count),
    );
  });

  test("is asked for after the pause that a broken connection costs, not before", async () => {
    let held = true;
    const clock = { now: () => Date.now(), sleep: async () => void (held = false) };
    const world = await aListWorld({ rules: [inertRule] }, { clock });
    world.os.faults.afterApply.push("close");
    const error = errorOf(await world.router.ensure(wantedFor(HUB, AUTH), () => held));
    expect(error.message).toContain("nothing was sent");
    expect(world.os.writes).toHaveLength(1);
  });
});

describe("withdrawing", () => {
  test.each(["400", "500", "close"] as const)(
    "%s after an entry was removed: it counts as removed",
    async (fault) => {
      const world = await aBlockingWorld([HUB]);
      const { faults, operator } = world.os;
      operator.onNext("DELETE", () =>
        operator.onNext("DELETE", () => faults.afterApply.push(fault)),
      );
      expect(valueOf(await world.router.withdraw()).removed).toBe(2);
      expect(entriesOf(world)).toEqual([]);
    },
  );

  test("a removal that was cut is looked at and asked for once more", async () => {
    const world = await aBlockingWorld([HUB]);
    const { faults, operator } = world.os;
    operator.onNext("DELETE", () => operator.onNext("DELETE", () => (faults.closeBeforeApply = 1)));
    expect(valueOf(await world.router.withdraw()).removed).toBe(2);
    expect(entriesOf(world)).toEqual([]);
  });

  test("an entry that can't be removed is said to stand, with what was done", async () => {
    const world = await aBlockingWorld([HUB], { switches: { deleteWithoutWrite: "500" } });
    const { faults, operator } = world.os;
    operator.onNext("DELETE", () => operator.onNext("DELETE", () => (faults.readOnly = true)));
    const error = errorOf(await world.router.withdraw());
    expect(error).toMatchObject({ next: "give-up", uncertain: false });
    expect(error.message).toContain("our list entry still stands");
    expect(error.actions?.map(({ ok }) => ok)).toEqual([true, false]);
  });

  test("our rule goes even where the list can't be read", async () => {
    const world = await aListWorld({
      rules: [inertRule],
      between: answering("GET", refusal(400, "no such command or directory (address-list)")),
    });
    const error = errorOf(await world.router.withdraw());
    expect(world.os.table()).toEqual([]);
    expect(error.actions).toMatchObject([{ what: "remove our rule *1", ok: true }]);
  });
});

test("two entries of which one is refused leave the list told as it is", async () => {
  const world = await aBlockingWorld([HUB]);
  world.os.operator.onNext("PUT", () => (world.os.faults.readOnly = true));
  errorOf(await world.router.ensure(wantedFor(HUB, AUTH), () => true));
  expect(valueOf(await world.router.look()).rules).toMatchObject([{ networks: [HUB_NET] }]);
  expect(entriesOf(world).join()).not.toContain(AUTH_NET);
});
