// Only a rule that stood all the time explains what was measured.
import { describe, expect, test } from "vitest";
import { rulesThroughout } from "../../../agent/plan/rules-throughout.ts";
import type { RuleOnRouter } from "../../../agent/ports/router.ts";
import type { World } from "../../../agent/ports/world.ts";
import { aPersonsRule, aRule } from "../../support/a-rule.ts";
import { aSite } from "../../support/a-site.ts";
import { run } from "../../support/a-world.ts";
import { memoryNetwork } from "../../support/memory-adapters.ts";
import type { SiteInMemory } from "../../support/site-in-memory.ts";

const viewOf = (...rules: RuleOnRouter[]) => ({ version: "7.20", rules, marked: 0 });

describe("of two views", () => {
  test.each<[string, RuleOnRouter[], RuleOnRouter[], RuleOnRouter[]]>([
    ["a rule in both counts", [aRule()], [aRule({ packets: "9" })], [aRule({ packets: "9" })]],
    ["a new one does not", [], [aRule()], []],
    ["one that went does not", [aRule()], [], []],
    [
      "one that was enabled meanwhile counts as disabled",
      [aRule({ disabled: true })],
      [aRule()],
      [aRule({ disabled: true })],
    ],
    [
      "one that was disabled meanwhile, too",
      [aRule()],
      [aRule({ disabled: true })],
      [aRule({ disabled: true })],
    ],
    [
      "of a list what was in it all the time counts",
      [aRule({ networks: ["2600::/64"] })],
      [aRule({ networks: ["2600::/64", "2601::/64"] })],
      [aRule({ networks: ["2600::/64"] })],
    ],
  ])("%s", (_what, before, after, expected) => {
    expect(rulesThroughout(viewOf(...before), viewOf(...after))).toEqual(expected);
  });
});

/** Somebody changes the rules right after the first readings. */
function whileProbing(site: SiteInMemory, rules: readonly RuleOnRouter[]): Partial<World> {
  const network = memoryNetwork(site);
  let first = true;
  return {
    network: {
      ...network,
      probe(targets) {
        const round = network.probe(targets);
        if (first) site.rules = [...rules];
        first = false;
        return round;
      },
    },
  };
}

test("a rule that a person writes while the path is measured is not called without effect", async () => {
  const site = aSite();

  const { report } = await run(site, {}, whileProbing(site, [aPersonsRule()]));

  expect(report.verdicts.map(({ name }) => name)).not.toContain("rule-ineffective");
  expect(report.outcome).toBe("recovered");
  expect(site.rules).toEqual([expect.objectContaining({ ours: false })]);
});

test("a rule that a person takes away meanwhile does not stand for the readings", async () => {
  const site = aSite();
  site.rules = [aPersonsRule()];

  const { report } = await run(site, {}, whileProbing(site, []));

  expect(report.verdicts.map(({ name }) => name)).not.toContain("rule-active");
});
