import { describe, expect, test } from "vitest";
import { homeRules } from "../../../sim/routeros/home-rules.ts";
import {
  aRouterWorld,
  commentsOf,
  errorOf,
  PASSWORD,
  requestsOf,
  rule,
  valueOf,
  wanted,
} from "./router-world.ts";

describe("an unclear answer to a write", () => {
  test.each(["400", "500", "close"] as const)(
    "%s after the rule was added: it is found and not added twice",
    async (fault) => {
      const { os, router } = await aRouterWorld({ rules: homeRules });
      os.faults.afterApply.push(fault);
      const ensured = valueOf(await router.ensure(wanted, () => true));
      expect(ensured).toMatchObject({ added: true, rule: { behind: null } });
      expect(ensured.actions).toMatchObject([{ what: "add our rule", ok: false }]);
      expect(os.writes).toHaveLength(1);
      expect(commentsOf(os).filter((comment) => comment === rule.comment)).toHaveLength(1);
    },
  );

  test("cut before it took effect: not repeated, and known not to have happened", async () => {
    const { os, router } = await aRouterWorld();
    os.faults.closeBeforeApply = 1;
    const error = errorOf(await router.ensure(wanted, () => true));
    expect(error).toMatchObject({ next: "retry", uncertain: false });
    expect(os.writes).toHaveLength(1);
    expect(os.table()).toEqual([]);
  });

  test("then: pause, new connection, identity, and only then the table", async () => {
    const world = await aRouterWorld();
    world.os.faults.afterApply.push("close");
    await world.router.ensure(wanted, () => true);
    expect(requestsOf(world).slice(-3)).toEqual([
      "PUT ipv6/firewall/filter",
      "GET system/identity",
      "GET ipv6/firewall/filter",
    ]);
    expect(world.pauses).toEqual([5_000]);
    expect(world.os.connections).toBe(2);
  });

  test("and the router can't be read afterwards: that is said", async () => {
    const { os, router } = await aRouterWorld();
    os.faults.afterApply.push("close");
    os.operator.onNext("PUT", () => (os.faults.closeGets = 10));
    const error = errorOf(await router.ensure(wanted, () => true));
    expect(error).toMatchObject({ next: "retry", uncertain: true });
  });

  test.each(["400", "500", "close"] as const)(
    "%s after the rule was removed: it counts as removed",
    async (fault) => {
      const { os, router } = await aRouterWorld({ rules: [rule] });
      os.faults.afterApply.push(fault);
      expect(valueOf(await router.withdraw()).removed).toBe(1);
      expect(os.table()).toEqual([]);
    },
  );

  test("a removal that was cut is looked at and asked for once more", async () => {
    const { os, router } = await aRouterWorld({ rules: [rule] });
    os.faults.closeBeforeApply = 1;
    expect(valueOf(await router.withdraw()).removed).toBe(1);
    expect(os.table()).toEqual([]);
  });

  test("a removal that can't be confirmed is a failure that says so", async () => {
    const { os, router } = await aRouterWorld({ rules: [rule] });
    os.operator.onNext("DELETE", () => (os.faults.closeGets = 10));
    os.faults.afterApply.push("close");
    expect(errorOf(await router.withdraw())).toMatchObject({ next: "retry", uncertain: true });
  });
});

describe("credentials and rights", () => {
  test("a refused login stops after one request", async () => {
    const { os, router } = await aRouterWorld();
    os.faults.refuseLogin = true;
    const error = errorOf(await router.ensure(wanted, () => true));
    expect(error).toMatchObject({ next: "give-up", uncertain: false });
    expect(error.message).toContain("401");
    expect(error.message).toContain("ROUTER_PASSWORD");
    expect(os.requests).toBe(1);
  });

  test("a login refused at the PUT stops there", async () => {
    const { os, router, log } = await aRouterWorld({ rules: homeRules });
    // The first three requests are the look and the preflight.
    os.operator.onNext("GET", () => undefined);
    os.operator.onNext("GET", () => undefined);
    os.operator.onNext("GET", () => (os.faults.refuseLogin = true));
    const error = errorOf(await router.ensure(wanted, () => true));
    expect(error).toMatchObject({ next: "give-up", uncertain: false });
    expect(log.map((entry) => entry.status)).toEqual([200, 200, 200, 401]);
  });

  test("a login refused in the middle of removing stops there", async () => {
    const { os, router, log } = await aRouterWorld({ rules: [rule, rule, rule] });
    os.operator.onNext("DELETE", () => (os.faults.refuseLogin = true));
    const error = errorOf(await router.withdraw());
    expect(error.next).toBe("give-up");
    expect(log.map((entry) => entry.status)).toEqual([200, 204, 401]);
  });

  test("a login refused while copies are removed leaves the rule reported as found", async () => {
    const { os, router, log } = await aRouterWorld({ rules: [rule, rule, rule] });
    os.operator.onNext("DELETE", () => (os.faults.refuseLogin = true));
    const ensured = valueOf(await router.ensure(wanted, () => true));
    expect(ensured.actions.map((action) => action.ok)).toEqual([true, false]);
    expect(log.at(-1)).toMatchObject({ method: "DELETE", status: 401 });
  });

  test("REST switched off (403 and an HTML page) stops after one request", async () => {
    const { os, router } = await aRouterWorld();
    os.faults.restOff = true;
    expect(errorOf(await router.look()).next).toBe("give-up");
    expect(os.requests).toBe(1);
  });

  test("a (9) is a missing right in spite of its 500, and is not tried again", async () => {
    const { os, router } = await aRouterWorld();
    os.faults.noApiPolicy = true;
    const error = errorOf(await router.ensure(wanted, () => true));
    expect(error.next).toBe("give-up");
    expect(error.message).toContain("std failure: not allowed (9)");
    expect(error.message).toContain("rest-api");
    expect(os.requests).toBe(1);
  });

  test("a user who may only read can't add", async () => {
    const { os, router } = await aRouterWorld();
    os.faults.readOnly = true;
    const error = errorOf(await router.ensure(wanted, () => true));
    expect(error).toMatchObject({ next: "give-up", uncertain: false });
    expect(error.message).toContain("not enough permissions (9)");
    expect(os.writes).toHaveLength(1);
  });

  test.each(["400", "500"] as const)(
    "a user who may only read can't remove (%s), and the rule is said to stand",
    async (deleteWithoutWrite) => {
      const { os, router } = await aRouterWorld({
        rules: [rule],
        switches: { deleteWithoutWrite },
      });
      os.faults.readOnly = true;
      const error = errorOf(await router.withdraw());
      expect(error).toMatchObject({ next: "give-up", uncertain: false });
      expect(error.message).toContain("still stands");
      expect(os.writes).toHaveLength(1);
    },
  );

  test("the password is in no log line, message or action", async () => {
    const world = await aRouterWorld({ rules: homeRules });
    const seen: unknown[] = [];
    seen.push(await world.router.ensure(wanted, () => true), await world.router.look());
    world.os.faults.afterApply.push("close");
    seen.push(await world.router.withdraw());
    world.os.faults.refuseLogin = true;
    seen.push(await world.router.look());
    const text = JSON.stringify([seen, world.log]);
    expect(world.log.length).toBeGreaterThan(5);
    expect(text).not.toContain(PASSWORD);
    expect(text).not.toContain(btoa(`backon:${PASSWORD}`));
  });
});
