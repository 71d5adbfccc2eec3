// How our rule ends in the network lab: healed and withdrawn by itself, or forgotten by the router.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLane, type Lane } from "./lane.ts";
import { findPulls } from "./requirements.ts";
import type { JobToRun } from "./site-in-node.ts";

const IMAGE = "docker.io/library/busybox:1.36";
const { skip, note } = await findPulls();

/** Six rounds over a day, in seconds. */
const QUICK_HEALING = { RECHECK_MS: "1500", HEAL_ROUNDS: "3", HEAL_MS: "2000" };
const QUICK = {
  SECOND_ROUND_MS: "1000",
  VERIFY_AGAIN_MS: "2000",
  WATCH_EVERY_MS: "500",
  POLL_MS: "500",
  POLL_WITH_DOORBELL_MS: "1000",
};

describe.skipIf(skip)(`the life of a rule in the network lab${note}`, { timeout: 180_000 }, () => {
  let lane: Lane;
  beforeAll(async () => {
    lane = await openLane(["healing", "dying"], QUICK_HEALING);
  });
  afterAll(() => lane?.close());

  /** The family over which the registry served the newest pull. */
  const pulledOver = async (): Promise<string> => {
    const before = (await lane.lab.served()).length;
    const { works, message } = await lane.lab.pull(IMAGE);
    expect(message).toBe("");
    expect(works).toBe(true);
    const hits = (await lane.lab.served()).slice(before);
    return hits.find(({ host }) => host === "registry-1.docker.io")?.family ?? "none";
  };

  const ours = async (): Promise<number> => {
    const table = await lane.router<Record<string, string>[]>({ ask: "table" });
    return table.filter((rule) => rule["comment"]?.includes("[backon]")).length;
  };

  test("until-healed: the path heals under the rule, the rule goes, pulls use IPv6 again", async () => {
    await lane.lab.fault("a1");
    const { message } = await lane.lab.pull(IMAGE);
    const job: JobToRun = {
      cluster: "healing",
      message,
      env: { ...QUICK, RULE_LIFE: "until-healed" },
      stays: true,
    };
    const set = await lane.run(job);
    expect(set.outcome).toBe("recovered");
    expect(await pulledOver()).toBe("v4");

    const still = await lane.run({ ...job, awaits: "recheck" });
    expect(still).toMatchObject({ outcome: "not-healed", report: { recheck: { good: false } } });

    await lane.lab.heal();
    const rounds: string[] = [];
    while (rounds.at(-1) !== "healed" && rounds.length < 6)
      rounds.push((await lane.run({ ...job, awaits: "recheck" })).outcome);
    expect(rounds.at(-1)).toBe("healed");
    expect(rounds.length).toBeGreaterThanOrEqual(3);

    expect(await ours()).toBe(0);
    expect(await pulledOver()).toBe("v6");
    await lane.leave("stop");
  });

  test("address-list: the agent is killed for good, the entries vanish by themselves", async () => {
    await lane.lab.fault("a1");
    const { message } = await lane.lab.pull(IMAGE);
    const env = {
      ...QUICK,
      PROFILE: "address-list",
      ENTRY_LIFETIME_MS: "12000",
      ENTRY_REFRESH_MS: "3000",
    };
    const set = await lane.run({ cluster: "dying", message, env, stays: true });
    expect(set.outcome).toBe("recovered");
    expect(await pulledOver()).toBe("v4");

    // Longer than an entry lives: it is refreshed while the agent is there.
    await new Promise((resolve) => setTimeout(resolve, 15_000));
    expect(await lane.router<unknown[]>({ ask: "entries" })).not.toEqual([]);
    await lane.leave("kill");
    await lane.lab.heal();
    await expect
      .poll(() => lane.router<unknown[]>({ ask: "entries" }), { timeout: 30_000, interval: 500 })
      .toEqual([]);

    expect(await pulledOver()).toBe("v6");
  });
});
