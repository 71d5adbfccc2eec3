// Our rule stands and IPv6 is reached in spite of it, and it was another job that had added it.
import { describe, expect, test } from "vitest";
import type { Router } from "../../../agent/ports/router.ts";
import { aPolicy } from "../../support/a-policy.ts";
import { HUB, TOKEN } from "../../support/a-round.ts";
import { aPersonsRule, aRule } from "../../support/a-rule.ts";
import { aSite } from "../../support/a-site.ts";
import { aWorld, memoryLease, run } from "../../support/a-world.ts";
import { memoryRouter } from "../../support/memory-adapters.ts";

/** Ours stands, and packets go another way. */
function withUselessRule() {
  const site = aSite();
  site.rules = [aRule()];
  site.ruleWorks = false;
  return site;
}

test.each(["auto", "approve"] as const)(
  "proven twice, it is taken off and said so; no pod is touched; MODE=%s",
  async (mode) => {
    const site = withUselessRule();
    const waits: number[] = [];
    site.onSleep = (ms) => waits.push(ms);

    const { report } = await run(site, {}, { policy: aPolicy({ mode }) });

    expect(report).toMatchObject({
      outcome: "no-better",
      verdict: "rule-ineffective",
      rule: { state: "absent" },
    });
    expect(report.summary).toContain("An earlier job had left it");
    expect(report.summary).toContain("Our rule was withdrawn.");
    expect(report.rounds).toHaveLength(2);
    expect(waits).toEqual([60_000]);
    expect(site.writes).toEqual(["remove rule"]);
  },
);

describe("it stays, and nothing is written,", () => {
  test("where the second round shows that it helps after all", async () => {
    const site = withUselessRule();
    site.onSleep = () => void (site.ruleWorks = true);

    const { report } = await run(site);

    expect(report).toMatchObject({ outcome: "stood-down", rule: { state: "present", ours: true } });
    expect(site.writes).toEqual([]);
  });

  test.each([
    ["MODE=observe", "remediate", "observe"],
    ["the job `diagnose`", "diagnose", "auto"],
  ] as const)("under %s", async (_what, kind, mode) => {
    const site = withUselessRule();

    const { report } = await run(site, { kind }, { policy: aPolicy({ mode }) });

    expect(report).toMatchObject({ verdict: "rule-ineffective", rule: { state: "present" } });
    expect(site.writes).toEqual([]);
  });

  test("where it helps another host", async () => {
    const site = withUselessRule();
    const { network } = aWorld(site);
    const probe: typeof network.probe = async (targets) => {
      site.ruleWorks = true;
      const helped = await network.probe(targets);
      site.ruleWorks = false;
      const round = await network.probe(targets);
      const readings = [
        ...helped.readings.filter(({ host }) => host === TOKEN),
        ...round.readings.filter(({ host }) => host !== TOKEN),
      ];
      return { ...round, readings };
    };

    const { report } = await run(site, {}, { network: { ...network, probe } });

    expect(report.verdicts.map(({ host, name }) => [host, name])).toContainEqual([
      HUB,
      "rule-ineffective",
    ]);
    expect(site.writes).not.toContain("remove rule");
  });

  test("where the job was cancelled meanwhile", async () => {
    const site = withUselessRule();
    const lease = memoryLease(site, { cancelled: () => site.intent !== null });

    const { report } = await run(site, {}, { lease });

    expect(report.outcome).toBe("cancelled");
    expect(site.writes).toEqual([]);
  });
});

test("only a person's rule covers what is reached: neither theirs nor ours is touched", async () => {
  const site = withUselessRule();
  site.rules = [aRule({ networks: ["2600:1f18:9999::/48"] }), aPersonsRule()];

  const { report } = await run(site);

  expect(report.outcome).toBe("stood-down");
  expect(site.writes).toEqual([]);
});

test("beside a person's that does not help either, only ours goes", async () => {
  const site = withUselessRule();
  site.rules = [aRule(), aPersonsRule()];

  await run(site);

  expect(site.rules).toEqual([aPersonsRule()]);
});

test("another cluster uses it too: it stays on the router, and the report says for whom", async () => {
  const site = withUselessRule();
  const shared: Router = {
    ...memoryRouter(site),
    withdraw: async () => ({
      ok: true,
      value: { removed: 0, usedBy: ["barn"], stays: true, actions: [] },
    }),
  };

  const { report } = await run(site, {}, { router: shared });

  expect(report).toMatchObject({ outcome: "no-better", rule: { state: "present", ours: true } });
  expect(report.summary).toContain("also used by the cluster barn");
});
