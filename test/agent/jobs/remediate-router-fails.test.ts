// A write to the router that fails: a later attempt may find out what the failed one left.
import { describe, expect, test } from "vitest";
import type { Failure } from "../../../agent/ports/result.ts";
import type { Router } from "../../../agent/ports/router.ts";
import { withdraw as withdrawJob } from "../../../agent/jobs/withdraw.ts";
import { aJob, BY_PERSON } from "../../support/a-policy.ts";
import { aRule } from "../../support/a-rule.ts";
import { aSite, FIXED } from "../../support/a-site.ts";
import { aWorld, attempt, run } from "../../support/a-world.ts";
import type { SiteInMemory } from "../../support/site-in-memory.ts";

const PUT = { at: 1, ms: 5_000, what: "add rule", on: "192.0.2.1", ok: false, detail: "no answer" };

/** The router with one of its calls replaced. */
function routerWith(site: SiteInMemory, changes: Partial<Router>): { readonly router: Router } {
  const { router } = aWorld(site);
  if (router === null) throw new Error("this world has a router");
  return { router: { ...router, ...changes } };
}

const fails = (error: Omit<Failure, "message">) => async () =>
  ({ ok: false, error: { ...error, message: "it failed" } }) as const;

type Row = readonly [Failure["next"], boolean, number, "done" | "retry", string];
const ROWS: readonly Row[] = [
  ["give-up", true, 1, "retry", "rule-uncertain"],
  ["give-up", true, 2, "retry", "rule-uncertain"],
  ["give-up", true, 3, "done", "rule-uncertain"],
  ["retry", false, 1, "retry", "router-failed"],
  ["retry", false, 3, "done", "router-failed"],
  ["give-up", false, 1, "done", "router-failed"],
  ["give-up", false, 1, "done", "router-failed"],
];

describe("the rule is not taken", () => {
  test.each(ROWS)(
    "%s, uncertain %s, attempt %i: %s, %s",
    async (next, uncertain, attempts, disposition, outcome) => {
      const site = aSite();
      const ensure = fails({ next, uncertain, actions: [PUT] });

      const ending = await run(site, { attempts }, routerWith(site, { ensure }));

      expect(ending.disposition).toBe(disposition);
      expect(ending.report).toMatchObject({ outcome, error: "it failed", actions: [PUT] });
      expect(ending.report.rule?.state).toBe(uncertain ? "unknown" : "absent");
      expect(site.evicted).toEqual([]);
    },
  );

  test("a write whose answer was lost is verified by the next attempt as this job's own", async () => {
    const site = aSite();
    const { router } = routerWith(site, {});
    const ensure: Router["ensure"] = async (...asked) => {
      await router.ensure(...asked);
      return fails({ next: "retry", uncertain: true })();
    };

    const first = await run(site, {}, { router: { ...router, ensure } });
    const second = await run(site, { attempts: 2 });

    expect(first.disposition).toBe("retry");
    expect(second.report.outcome).toBe("recovered");
    expect(site.writes).toEqual(FIXED);
  });
});

describe("our rule is not withdrawn for sure", () => {
  test.each(ROWS)(
    "by the job `withdraw`: %s, uncertain %s, attempt %i: %s, %s",
    async (next, uncertain, attempts, disposition, outcome) => {
      const site = aSite();
      const withdraw = fails({ next, uncertain, actions: [PUT] });
      const world = aWorld(site, routerWith(site, { withdraw }));
      const job = aJob({ kind: "withdraw", origin: BY_PERSON, attempts });

      const ending = await attempt(withdrawJob, { job, world });

      expect(ending.disposition).toBe(disposition);
      expect(ending.report).toMatchObject({ outcome, error: "it failed", actions: [PUT] });
    },
  );

  test.each([
    [1, "retry"],
    [3, "done"],
  ])("a useless rule, attempt %i: %s, rule-uncertain, loudly", async (attempts, disposition) => {
    const site = aSite();
    site.ruleWorks = false;
    const withdraw = fails({ next: "give-up", uncertain: true });

    const ending = await run(site, { attempts }, routerWith(site, { withdraw }));

    expect(ending).toMatchObject({
      disposition,
      report: { outcome: "rule-uncertain", rule: { state: "unknown" }, error: "it failed" },
    });
    expect(ending.report.summary).toContain("LOOK AT THE ROUTER");
  });

  test("after a lost IPv4 the next attempt withdraws it", async () => {
    const site = aSite("tcp timeout", "tls stall");
    site.rules = [aRule()];
    const withdraw = fails({ next: "retry", uncertain: true });

    const first = await run(site, {}, routerWith(site, { withdraw }));
    const second = await run(site, { attempts: 2 });

    expect(first).toMatchObject({ disposition: "retry", report: { outcome: "rule-uncertain" } });
    expect(second.report.outcome).toBe("withdrawn");
    expect(site.rules).toEqual([]);
  });
});
