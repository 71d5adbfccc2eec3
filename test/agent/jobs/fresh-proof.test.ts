// Promise 2: no write and no eviction rests on probes of more than two minutes ago, however long the
// other calls take, and whatever the clock does.
import { describe, expect, test } from "vitest";
import type { World } from "../../../agent/ports/world.ts";
import { aPod } from "../../support/a-pod.ts";
import { aPolicy } from "../../support/a-policy.ts";
import { aSite, hub } from "../../support/a-site.ts";
import { aWorld, run } from "../../support/a-world.ts";
import { aSiteInMemory, type SiteInMemory } from "../../support/site-in-memory.ts";

const MOST_MS = 120_000;
const policy = aPolicy({ maxPods: 100, watchMs: 0 });

const manyPods = () =>
  Array.from({ length: 40 }, (_, index) =>
    aPod({
      uid: `pod-${index}`,
      owner: { group: "apps", kind: "ReplicaSet", name: `w${index}`, uid: `owner-${index}` },
    }),
  );

/** An API server that takes `lookMs` to show a pod again; how old the probes are at each eviction. */
function slowly(site: SiteInMemory, lookMs: number) {
  const { cluster, network } = aWorld(site);
  const ages: number[] = [];
  let probedAt = 0;
  const changes: Partial<World> = {
    network: {
      ...network,
      probe: (...asked) => {
        probedAt = site.now;
        return network.probe(...asked);
      },
    },
    cluster: {
      ...cluster,
      restart: (pod, method, reasonToLeave) => {
        site.now += lookMs;
        return cluster.restart(pod, method, (now) => {
          const against = reasonToLeave(now);
          if (against === null) ages.push(site.now - probedAt);
          return against;
        });
      },
    },
  };
  return { ages, changes };
}

describe("a batch that takes longer than probes are good for", () => {
  test.each([10_000, 50_000, 100_000])(
    "is probed again in between, at %i ms a pod",
    async (lookMs) => {
      const site = aSiteInMemory({}, manyPods());
      const { ages, changes } = slowly(site, lookMs);

      const { report } = await run(site, {}, { ...changes, policy });

      expect(ages).toHaveLength(40);
      expect(Math.max(...ages)).toBeLessThanOrEqual(MOST_MS);
      expect(report.outcome).toBe("recovered");
    },
  );

  test("ends where the path fails again, and the job is tried again", async () => {
    const site = aSiteInMemory({}, manyPods());
    const { changes } = slowly(site, 10_000);
    const { cluster } = aWorld(site);
    let restarts = 0;
    const restart: World["cluster"]["restart"] = (...asked) => {
      restarts += 1;
      if (restarts === 5) Object.assign(site.paths, hub("tls stall", "tls stall"));
      return (changes.cluster ?? cluster).restart(...asked);
    };

    const { disposition, report } = await run(
      site,
      {},
      { ...changes, cluster: { ...cluster, restart }, policy },
    );

    expect(disposition).toBe("retry");
    expect(report.summary).toMatch(
      /^Only \d+ pods could be restarted: the probes are \d+ s old\.$/,
    );
    expect(site.evicted.length).toBeLessThan(15);
  });

  test("of one pod that takes longer is not made at all", async () => {
    const site = aSiteInMemory({}, [aPod()]);
    const { changes } = slowly(site, 130_000);

    const { disposition } = await run(site, {}, { ...changes, policy });

    expect(disposition).toBe("retry");
    expect(site.evicted).toEqual([]);
  });
});

describe("a clock that is set back", () => {
  test("after the probes: nothing is written", async () => {
    const site = aSite();
    const { network } = aWorld(site);
    const lifelines = async () => {
      site.now -= 3_600_000;
      return [];
    };

    const { report } = await run(site, {}, { network: { ...network, lifelines } });

    expect(site.writes).toEqual([]);
    expect(report.summary).toContain("the clock was set back since the probes");
  });

  test("before a restart: the path is probed again first", async () => {
    const site = aSiteInMemory({}, [aPod()]);
    const { cluster } = aWorld(site);
    let looks = 0;
    const failingPods: typeof cluster.failingPods = async () => {
      looks += 1;
      if (looks === 2) site.now -= 60_000;
      return cluster.failingPods();
    };

    const { report } = await run(site, {}, { cluster: { ...cluster, failingPods }, policy });

    expect(report.rounds).toHaveLength(2);
    expect(site.evicted).toEqual(["pod-1"]);
  });
});
