// No restart from old probes, and none without a lease.
import { describe, expect, test } from "vitest";
import { aSite } from "../../support/a-site.ts";
import { aWorld, memoryLease, run } from "../../support/a-world.ts";
import type { SiteInMemory } from "../../support/site-in-memory.ts";

describe("probes older than two minutes restart nothing", () => {
  const slowYes = (site: SiteInMemory, ms: number) => {
    const lease = memoryLease(site);
    const mayWrite: typeof lease.mayWrite = (write) => {
      if (write.on === "cluster") site.now += ms;
      return lease.mayWrite(write);
    };
    return { lease: { ...lease, mayWrite } };
  };

  const healthy = (): SiteInMemory => aSite("ok", "ok");
  const stalled = (): SiteInMemory => aSite();

  // The round ends 11 s after it began.
  test.each([
    ["counted from the round on a healthy path", 120_000 - 11_000, healthy, "done"],
    ["counted from the round on a healthy path", 120_001 - 11_000, healthy, "retry"],
    ["counted from the last verify under a new rule", 120_000, stalled, "done"],
    ["counted from the last verify under a new rule", 120_001, stalled, "retry"],
  ] as const)("%s; the right to write takes %i ms", async (_what, ms, siteOf, disposition) => {
    const site = siteOf();

    const ending = await run(site, {}, slowYes(site, ms));

    expect(ending.disposition).toBe(disposition);
    expect(site.evicted).toHaveLength(disposition === "done" ? 2 : 0);
    if (disposition === "retry") expect(ending.report.error).toContain("the probes are 120 s old");
  });

  test("the same right before the rule is written, after the router was read", async () => {
    const site = aSite();
    const { router } = aWorld(site);
    const ensure: NonNullable<typeof router>["ensure"] = (rule, stillAllowed) => {
      site.now += 121_000;
      if (router === null) throw new Error("this world has a router");
      return router.ensure(rule, stillAllowed);
    };

    const ending = await run(site, {}, { router: router && { ...router, ensure } });

    expect(ending.disposition).toBe("retry");
    expect(ending.report.error).toContain("reading the router took too long");
    expect(site.writes).toEqual([]);
  });

  test("a lease that runs out while the router is read writes no rule", async () => {
    const site = aSite();
    const lease = memoryLease(site, { stillHeld: () => !site.calls.includes("ensure") });

    const ending = await run(site, {}, { lease });

    expect(ending.disposition).toBe("retry");
    expect(site.writes).toEqual([]);
  });

  test("a lease that runs out between two pods: the second is not evicted", async () => {
    const site = aSite();
    const lease = memoryLease(site, { stillHeld: () => site.evicted.length === 0 });

    await run(site, {}, { lease });

    expect(site.writes).toEqual(["add rule", "evict pod-1"]);
  });
});
