// Which rule a report speaks of, and what it says of the one before it.
import { expect, test } from "vitest";
import { ourRule } from "../../../agent/ports/our-rule.ts";
import { aPersonsRule, aRule } from "../../support/a-rule.ts";
import { aSite } from "../../support/a-site.ts";
import { aWorld, run } from "../../support/a-world.ts";

test("ours is the enabled one, wherever a disabled copy stands", () => {
  const enabled = aRule({ id: "*2" });

  expect(ourRule([aPersonsRule(), aRule({ disabled: true }), enabled])).toBe(enabled);
  expect(ourRule([aPersonsRule()])).toBeUndefined();
});

test("a rule that an earlier attempt set in vain is withdrawn with a word on what stood before it", async () => {
  const site = aSite();
  site.ruleWorks = false;
  site.rules = [aRule({ behind: "accept all" })];
  site.addsRule = true;

  const { report } = await run(site, { attempts: 2 });

  expect(report.outcome).toBe("no-better");
  expect(report.summary).toContain("It stands behind “accept all”.");
  expect(site.rules).toEqual([]);
});

test("a rule that somebody disables while an alert's job sets it is theirs", async () => {
  const site = aSite();
  const { router } = aWorld(site);
  if (router === null) throw new Error("this world has a router");
  const disabled = aRule({ disabled: true });
  const ensure = async () =>
    ({ ok: true, value: { added: false, rule: disabled, actions: [] } }) as const;

  const { report } = await run(site, {}, { router: { ...router, ensure } });

  expect(report).toMatchObject({ outcome: "held-by-person", rule: { disabled: true } });
  expect(site.evicted).toEqual([]);
});
