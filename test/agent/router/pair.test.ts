// Two routers that stand for each other, and one address that leads to another router than before.
import { describe, expect, test } from "vitest";
import { identifiedRouter } from "../../../agent/router/identified.ts";
import { pairedRouters } from "../../../agent/router/pair.ts";
import type { RouterOsOptions } from "../../../sim/routeros/server.ts";
import {
  aRouterWorld,
  commentsOf,
  errorOf,
  requestsOf,
  rule,
  typed,
  valueOf,
  wanted,
} from "./router-world.ts";

const always = () => true;
const CORE_1 = { identity: "core-1", serial: "HEX1" };
const CORE_2 = { identity: "core-2", serial: "HEX2" };

async function aPair(first: Partial<RouterOsOptions> = {}, second: Partial<RouterOsOptions> = {}) {
  const worlds = [
    await aRouterWorld({ ...CORE_1, ...first }),
    await aRouterWorld({ ...CORE_2, ...second }),
  ] as const;
  const [one, two] = worlds.map(({ router, client }) => ({
    on: client.on,
    router: identifiedRouter(router, client),
  }));
  if (one === undefined || two === undefined) throw new Error("no pair");
  return { a: worlds[0], b: worlds[1], pair: pairedRouters([one, two]) };
}

/** It is switched off: nobody listens any more. */
const goDown = ({ os }: { readonly os: { close(): Promise<void> } }) => os.close();

describe("two routers", () => {
  test("are both given the rule, and it is taken off both", async () => {
    const { a, b, pair } = await aPair();
    const ensured = valueOf(await pair.ensure(wanted, always));
    const view = valueOf(await pair.look());
    const both = [commentsOf(a.os), commentsOf(b.os)];
    const withdrawn = valueOf(await pair.withdraw());
    expect(ensured).toMatchObject({ added: true, rule: { ours: true, id: "ours" } });
    expect(ensured.actions).toHaveLength(2);
    expect(view).toMatchObject({ marked: 1, routers: ["core-1 (HEX1)", "core-2 (HEX2)"] });
    expect(view.rules).toMatchObject([{ id: "ours", networks: [rule["dst-address"]] }]);
    expect(both).toEqual([[rule.comment], [rule.comment]]);
    expect(withdrawn.removed).toBe(2);
    expect([a.os.table(), b.os.table()]).toEqual([[], []]);
  });

  test.each([
    ["the first", [rule], []],
    ["the second", [], [rule]],
  ])(
    "with the rule on %s alone: it covers nothing, and is added to the other",
    async (_w, x, y) => {
      const { a, b, pair } = await aPair({ rules: x }, { rules: y });
      const view = valueOf(await pair.look());
      valueOf(await pair.ensure(wanted, always));
      expect(view).toMatchObject({ rules: [], marked: 1 });
      expect(view.notes?.join()).toMatch(/^our rule stands on core-\d .* and not on core-\d /);
      expect([commentsOf(a.os), commentsOf(b.os)]).toEqual([[rule.comment], [rule.comment]]);
    },
  );

  test.each(["readOnly", "refuseLogin"] as const)(
    "where the second does not take it (%s), it does not stay on the first, unverified",
    async (fault) => {
      const { a, b, pair } = await aPair();
      b.os.faults[fault] = true;

      const error = errorOf(await pair.ensure(wanted, always));

      expect(error).toMatchObject({ next: "give-up", uncertain: false });
      expect(error.actions?.map(({ what }) => what)).toContain("add our rule");
      expect(a.os.table()).toEqual([]);
    },
  );

  test("where it stood on the first before, it stays there", async () => {
    const { a, b, pair } = await aPair({ rules: [rule] });
    b.os.faults.readOnly = true;

    errorOf(await pair.ensure(wanted, always));

    expect(commentsOf(a.os)).toEqual([rule.comment]);
  });

  test("that can't be taken back either is said to be uncertain", async () => {
    const { a, b, pair } = await aPair();
    b.os.faults.readOnly = true;
    b.os.operator.onNext("PUT", () => (a.os.faults.readOnly = true));

    const error = errorOf(await pair.ensure(wanted, always));

    expect(error.uncertain).toBe(true);
    expect(error.message).toContain("could not be taken back");
  });

  test("with ours on one and a person's on the other: it covers", async () => {
    const { pair } = await aPair({ rules: [rule] }, { rules: [typed] });
    const view = valueOf(await pair.look());
    const ensured = valueOf(await pair.ensure(wanted, always));
    expect(view.rules).toMatchObject([{ ours: true, networks: [rule["dst-address"]] }]);
    expect(ensured).toMatchObject({ added: false, actions: [] });
  });

  test("cover what both keep out", async () => {
    const narrow = { ...typed, "dst-address": "2600:1f18:1::/48" };
    const { pair } = await aPair({ rules: [narrow] }, { rules: [typed] });
    expect(valueOf(await pair.look()).rules).toMatchObject([{ networks: ["2600:1f18:1::/48"] }]);
    const { pair: other } = await aPair({ rules: [typed] }, { rules: [narrow] });
    expect(valueOf(await other.look()).rules).toEqual([]);
  });

  test.each([[0], [1]])("disabled on router %i by a person: a person's word", async (which) => {
    const { a, b, pair } = await aPair({ rules: [rule] }, { rules: [rule] });
    (which === 0 ? a : b).os.operator.disable("*1");
    expect(valueOf(await pair.look()).rules).toMatchObject([{ ours: true, disabled: true }]);
    expect(valueOf(await pair.ensure(wanted, always)).rule).toMatchObject({ disabled: true });
  });

  test("count packets together: only one of them carries the traffic", async () => {
    const { a, b, pair } = await aPair({ rules: [rule] }, { rules: [rule] });
    a.os.operator.count("*1", 3n);
    b.os.operator.count("*1", 4n);
    expect(valueOf(await pair.look()).rules).toMatchObject([{ packets: "7" }]);
  });

  test("of which one is down: the other is used, and it is told", async () => {
    const { a, b, pair } = await aPair();
    await goDown(a);
    const view = valueOf(await pair.look());
    const ensured = valueOf(await pair.ensure(wanted, always));
    expect(view.routers).toEqual(["core-2 (HEX2)"]);
    expect(view.notes?.join()).toContain(`the router ${a.client.on} was not reached`);
    expect(ensured).toMatchObject({ added: true, rule: { ours: true } });
    expect(commentsOf(b.os)).toEqual([rule.comment]);
  });

  test("of which one is down: a withdrawal is not sure", async () => {
    const { a, b, pair } = await aPair({ rules: [rule] }, { rules: [rule] });
    await goDown(a);
    const error = errorOf(await pair.withdraw());
    expect(error).toMatchObject({ uncertain: true, next: "retry" });
    expect(error.actions).toMatchObject([{ ok: true }]);
    expect(b.os.table()).toEqual([]);
  });

  test("that are both down fail as one does", async () => {
    const { a, b, pair } = await aPair();
    await goDown(a);
    await goDown(b);
    expect(errorOf(await pair.look())).toMatchObject({ next: "retry", unreachable: true });
    expect(errorOf(await pair.ensure(wanted, always))).toMatchObject({ next: "retry" });
  });

  test("of which one refuses the login: nothing is written to either", async () => {
    const { a, b, pair } = await aPair();
    a.os.faults.refuseLogin = true;
    expect(errorOf(await pair.look())).toMatchObject({ next: "give-up" });
    expect(errorOf(await pair.ensure(wanted, always))).toMatchObject({ next: "give-up" });
    expect([a.os.writes, b.os.writes]).toEqual([[], []]);
  });

  test("of which the second refuses: what the first took, and gave back, is told", async () => {
    const { a, b, pair } = await aPair();
    b.os.faults.refuseLogin = true;
    const error = errorOf(await pair.ensure(wanted, always));
    expect(error.actions).toMatchObject([
      { what: "add our rule", ok: true },
      { what: expect.stringContaining("remove our rule"), ok: true },
    ]);
    expect(commentsOf(a.os)).toEqual([]);
  });

  test("that are one and the same are told", async () => {
    const { pair } = await aPair({}, CORE_1);
    expect(valueOf(await pair.look()).notes?.join()).toContain("the same router, core-1 (HEX1)");
  });
});

describe("which router answers", () => {
  test("is asked with every look, but not again a moment later", async () => {
    const { a, pair } = await aPair();
    const view = valueOf(await pair.look());
    a.log.splice(0);
    await pair.look(view);
    expect(requestsOf(a)).toEqual(["GET ipv6/firewall/filter"]);
  });

  test("without a board it is known by its name", async () => {
    const { pair } = await aPair({ serial: null });
    expect(valueOf(await pair.look()).routers).toEqual(["core-1", "core-2 (HEX2)"]);
  });
});
