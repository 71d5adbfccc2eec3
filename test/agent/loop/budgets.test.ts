// Whatever jobs come, the agent does no more than its budgets allow, and says which is used up.
import { expect, test } from "vitest";
import { budgetedCluster, budgetedRouter, type BudgetName } from "../../../agent/loop/budgets.ts";
import { budgetOf } from "../../../agent/plan/budget.ts";
import type { Cluster } from "../../../agent/ports/cluster.ts";
import type { Router } from "../../../agent/ports/router.ts";
import { ruleFor } from "../../../agent/plan/plan.ts";
import { aPolicy } from "../../support/a-policy.ts";

const LIMITS = { routerLooksPerMinute: 3, routerWritesPerHour: 2, restartsPerHour: 2 };
const RULE = ruleFor(aPolicy());
const WANTED = { rule: RULE, addresses: [] };
const yes = (): boolean => true;

function aWorld() {
  const done: string[] = [];
  const told: BudgetName[] = [];
  const slept: number[] = [];
  let time = 1_700_000_000_000;
  const view = { version: "7.20", rules: [], marked: 0 };
  const rule = { id: "*1", ours: true, disabled: false, comment: null } as const;
  const found = { ...rule, networks: [], testable: false, behind: null, packets: "0" };
  const write = (what: string, allowed: () => boolean, rows = 1) => {
    for (let row = 0; row < rows; row += 1) {
      if (!allowed()) return false;
      done.push(what);
    }
    return true;
  };
  const refused = { next: "retry", uncertain: false, message: "not allowed" } as const;
  const router: Router & { rows: number } = {
    rows: 1,
    look: async () => (done.push("look"), { ok: true, value: view }),
    ensure: async (_wanted, allowed) =>
      write("ensure", allowed, router.rows)
        ? { ok: true, value: { added: true, rule: found, actions: [] } }
        : { ok: false, error: refused },
    tidy: async (_rule, allowed) =>
      write("tidy", allowed) ? { ok: true, value: [] } : { ok: false, error: refused },
    refresh: null,
    withdraw: async () => (done.push("withdraw"), { ok: true, value: { removed: 1, actions: [] } }),
  };
  const cluster: Cluster = {
    serverTime: () => null,
    failingPods: async () => ({ ok: true, value: [] }),
    podsNow: async () => ({ ok: true, value: [] }),
    restart: async ({ name }) => (done.push(name), { restarted: "evicted", detail: "" }),
  };
  const clock = {
    now: () => time,
    sleep: async (ms: number) => {
      slept.push(ms);
      time += ms;
    },
  };
  const keeping = {
    limits: LIMITS,
    clock,
    log: () => {},
    usedUp: (budget: BudgetName) => void told.push(budget),
  };
  return {
    done,
    told,
    slept,
    plain: router,
    router: budgetedRouter(router, keeping),
    cluster: budgetedCluster(cluster, keeping),
    pass: (ms: number) => void (time += ms),
  };
}

test("a rule that flaps is written twice an hour, and then refused by name", async () => {
  const world = aWorld();
  for (let job = 0; job < 50; job += 1) {
    await world.router.ensure(WANTED, yes);
    await world.router.withdraw();
  }
  expect(world.done.filter((what) => what === "ensure")).toHaveLength(2);
  const refused = await world.router.ensure(WANTED, yes);
  expect(refused).toMatchObject({
    ok: false,
    error: {
      next: "give-up",
      uncertain: false,
      message: expect.stringMatching(/^ROUTER_WRITES_PER_HOUR=2 are used up until 20/),
    },
  });
  expect(world.told).toContain("router-writes");
  expect(world.done.filter((what) => what === "withdraw")).toHaveLength(50); // Never refused.

  world.pass(3_600_000);
  expect(await world.router.ensure(WANTED, yes)).toMatchObject({ ok: true });
});

test("a call that writes many rows counts once, one that writes none not at all", async () => {
  const world = aWorld();
  world.plain.rows = 0;
  for (let job = 0; job < 10; job += 1) await world.router.ensure(WANTED, yes);
  world.plain.rows = 33;
  expect(await world.router.ensure(WANTED, yes)).toMatchObject({ ok: true });
  expect(await world.router.tidy(RULE, yes)).toMatchObject({ ok: true });
  expect(await world.router.tidy(RULE, yes)).toMatchObject({ ok: false });
});

test("a lease that ran out is not a budget that is used up", async () => {
  const world = aWorld();
  expect(await world.router.ensure(WANTED, () => false)).toMatchObject({
    error: { message: "not allowed" },
  });
  expect(world.told).toEqual([]);
});

test("a look beyond the budget waits for its turn and is never refused", async () => {
  const world = aWorld();
  for (let look = 0; look < 3; look += 1) await world.router.look();
  expect(world.slept).toEqual([]);
  expect(await world.router.look()).toMatchObject({ ok: true });
  expect(world.slept).toEqual([60_000]);
  expect(world.told).toEqual(["router-looks"]);
});

test("a pod beyond the hour's restarts is left with that reason", async () => {
  const world = aWorld();
  const restart = (name: string) =>
    world.cluster.restart({ namespace: "shop", name, uid: name }, "evict", () => null);
  await restart("a");
  await restart("b");
  expect(await restart("c")).toMatchObject({
    restarted: "left",
    detail: expect.stringContaining("RESTARTS_PER_HOUR=2 are used up until"),
  });
  expect(world.done).toEqual(["a", "b"]);
  expect(world.told).toEqual(["restarts"]);
});

test("a clock that was set back makes nobody wait longer than the budget's time", () => {
  const budget = budgetOf(1, 60_000);
  budget.use(1_000_000);
  expect(budget.freeAt(500_000)).toBe(500_000);
});
