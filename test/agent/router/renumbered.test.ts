// The router restarts in the middle of our writes and numbers its rows anew: an `.id` that was read before
// is another row's then, maybe a person's. No write goes to an `.id` of before.
import { describe, expect, test } from "vitest";
import { homeRules } from "../../../sim/routeros/home-rules.ts";
import { aRouterWorld, rule, wanted } from "./router-world.ts";
import { AUTH, HUB, aListWorld, wantedFor } from "./list-world.ts";

const switches = { idsAfterReboot: "renumbered" } as const;
const persons = (rows: readonly Record<string, string>[]) =>
  rows.flatMap(({ comment = "" }) => (comment.includes("[backon]") ? [] : [comment]));

/** Three of ours, first: once one is gone, the next row has the `.id` that the one before it had. */
async function severalOfOurs() {
  let restart: () => Promise<void> = async () => {};
  const clock = {
    now: () => Date.now(),
    sleep: async () => {
      const now = restart;
      restart = async () => {};
      await now();
    },
  };
  const world = await aRouterWorld(
    { rules: [rule, rule, rule, ...homeRules], switches },
    { clock },
  );
  const { os } = world;
  restart = () => os.reboot({ confusedMs: 0 });
  return world;
}

describe.each(["close", "500"] as const)("a restart after a write, answered by %s:", (how) => {
  test("withdraw reads the table anew before it removes the next", async () => {
    const { os, router } = await severalOfOurs();
    const before = persons(os.table());
    os.faults.afterApply = [how];

    const withdrawn = await router.withdraw();

    expect(persons(os.table())).toEqual(before);
    expect(withdrawn).toMatchObject({ ok: true });
    expect(os.table()).toHaveLength(before.length);
  });

  test("copies are removed by what is read anew", async () => {
    const { os, router } = await severalOfOurs();
    const before = persons(os.table());
    os.faults.afterApply = [how];

    await router.ensure(wanted, () => true);

    expect(persons(os.table())).toEqual(before);
  });
});

test("entries are renewed by what is read anew", async () => {
  let restart: () => Promise<void> = async () => {};
  let ms = Date.UTC(2026, 10, 23);
  const clock = {
    now: () => ms,
    sleep: async (pause: number) => {
      ms += pause;
      const now = restart;
      restart = async () => {};
      await now();
    },
  };
  const { os, router } = await aListWorld({ switches, now: () => ms }, { clock });
  await router.ensure(wantedFor(HUB, AUTH), () => true);
  const own = os.entries().map((entry) => entry[".id"] ?? "");
  restart = async () => {
    for (const id of own) os.operator.removeEntry(id);
  };
  os.faults.afterApply = ["close"];
  const writes = os.writes.length;

  await router.refresh?.();

  expect(os.writes.slice(writes)).toHaveLength(1);
});
