// Writes only with the right to write, and none after a person cancelled.
import { describe, expect, test } from "vitest";
import { withdraw } from "../../../agent/jobs/withdraw.ts";
import type { Lease } from "../../../agent/ports/lease.ts";
import { MINUTE } from "../../support/a-pod.ts";
import { aJob, BY_PERSON } from "../../support/a-policy.ts";
import { NOW } from "../../support/a-round.ts";
import { aRule } from "../../support/a-rule.ts";
import { aSite } from "../../support/a-site.ts";
import { aWorld, attempt, memoryLease, run } from "../../support/a-world.ts";
import type { SiteInMemory } from "../../support/site-in-memory.ts";

describe("cancelled, or without the right to write", () => {
  test("cancelled before the first write: nothing is written", async () => {
    const site = aSite();
    const lease = memoryLease(site, { cancelled: () => true });

    const { report } = await run(site, {}, { lease });

    expect(report.outcome).toBe("cancelled");
    expect(site.writes).toEqual([]);
  });

  test("cancelled between two pods: the second is not evicted", async () => {
    const site = aSite();
    const lease = memoryLease(site, { cancelled: () => site.evicted.length > 0 });

    const { report } = await run(site, {}, { lease });

    expect(report.outcome).toBe("cancelled");
    expect(site.writes).toEqual(["add rule", "evict pod-1"]);
  });

  test("a withdrawal that was cancelled: our rule stands, and is told as it was known", async () => {
    const site = aSite();
    site.rules = [aRule()];
    const lastRule = { state: "present", ours: true, at: NOW - MINUTE } as const;
    const world = aWorld(site, { lease: memoryLease(site, { cancelled: () => true }), lastRule });
    const job = aJob({ kind: "withdraw", origin: BY_PERSON });

    const { report } = await attempt(withdraw, { job, world });

    expect(report).toMatchObject({ outcome: "cancelled", rule: lastRule });
    expect(site.writes).toEqual([]);
  });

  test("cancelled while IPv4 is lost: our rule stands, as the report says", async () => {
    const site = aSite("tcp timeout", "tls stall");
    site.rules = [aRule()];
    const lease = memoryLease(site, { cancelled: () => true });

    const { report } = await run(site, {}, { lease });

    expect(report).toMatchObject({ outcome: "cancelled", rule: { state: "present", ours: true } });
    expect(site.rules).toHaveLength(1);
  });

  test("cancelled once a rule was added that does not help: it is taken back all the same", async () => {
    const site = aSite();
    site.ruleWorks = false;
    const lease = memoryLease(site, { cancelled: () => site.writes.length > 0 });

    const { report } = await run(site, {}, { lease });

    expect(report.outcome).toBe("no-better");
    expect(site.writes).toEqual(["add rule", "remove rule"]);
  });

  /** Says yes so many times, then no. */
  const yesTimes = (site: SiteInMemory, times: number): Lease => {
    let left = times;
    const lease = memoryLease(site);
    const error = { next: "retry", uncertain: false, message: "no answer" } as const;
    return {
      ...lease,
      mayWrite: (write) =>
        left-- > 0 ? lease.mayWrite(write) : Promise.resolve({ ok: false, error }),
    };
  };

  test.each([
    [0, []],
    [1, ["add rule"]],
  ])("%i yes of the Worker: %j is written, and the job is retried", async (times, writes) => {
    const site = aSite();

    const ending = await run(site, {}, { lease: yesTimes(site, times) });

    expect(ending).toMatchObject({ disposition: "retry", report: { error: "no answer" } });
    expect(site.writes).toEqual(writes);
  });

  test("taking back needs a yes of its own; without it the next attempt does it", async () => {
    const site = aSite();
    site.ruleWorks = false;

    const first = await run(site, {}, { lease: yesTimes(site, 1) });
    const standing = site.rules.length;
    const second = await run(site);

    expect(first).toMatchObject({
      disposition: "retry",
      report: { error: "no answer", rule: { state: "present", ours: true } },
    });
    expect(standing).toBe(1);
    expect(second.report.outcome).toBe("no-better");
    expect(site.writes).toEqual(["add rule", "remove rule"]);
  });

  test("a lost IPv4 without the right to write is retried, our rule stands", async () => {
    const site = aSite("tcp timeout", "tls stall");
    site.rules = [aRule()];

    const ending = await run(site, {}, { lease: yesTimes(site, 0) });

    expect(ending.disposition).toBe("retry");
    expect(site.rules).toHaveLength(1);
  });
});
