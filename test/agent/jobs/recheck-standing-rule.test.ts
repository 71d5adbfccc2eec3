// `recheck`: which rule it finds on the router, and for how long that has stood.
import { describe, expect, test } from "vitest";
import type { RuleOnRouter } from "../../../agent/ports/router.ts";
import type { RuleState } from "../../../src/protocol/report.ts";
import { aRuledSite, HOUR, nearlyHealed, policy, recheck } from "../../support/a-recheck.ts";
import { NOW, type Path } from "../../support/a-round.ts";
import { aPersonsRule, aRule } from "../../support/a-rule.ts";
import { aWorld } from "../../support/a-world.ts";

const seenBefore: RuleState = { state: "present", ours: true, at: NOW - HOUR };

test.each([
  ["was removed", []],
  ["was disabled", [aRule({ testable: true, disabled: true })]],
  ["was replaced by a person's", [aPersonsRule()]],
])("our rule %s: held by a person, nothing is written", async (_how, rules) => {
  const site = aRuledSite("ok", "ok");
  site.rules = [...rules];

  const { report } = await recheck(site, nearlyHealed, { lastRule: seenBefore });

  expect(report.outcome).toBe("held-by-person");
  expect(site.writes).toEqual([]);
});

test.each<[string, RuleState | null]>([
  ["a write was announced that nobody told of", { state: "unknown", ours: true, at: NOW - HOUR }],
  ["it was gone already", { state: "absent", ours: false, at: NOW - HOUR }],
  ["a person's had stood in its place", { ...seenBefore, ours: false }],
  ["no report ever named it", null],
])("our rule is gone, and before that %s: no person did it", async (_before, lastRule) => {
  const site = aRuledSite("ok", "ok");
  site.rules = [];

  const { report } = await recheck(site, nearlyHealed, { lastRule });

  expect(report).toMatchObject({ outcome: "withdrawn", recheck: null, rule: { state: "absent" } });
});

test.each<[string, RuleState]>([
  ["which the last report saw", { ...seenBefore, ours: false }],
  ["and nobody knows what was announced", { state: "unknown", ours: true, at: NOW - HOUR }],
])("only a person's rule stands, %s: not healed, not held, not touched", async (_, lastRule) => {
  const site = aRuledSite("ok", "ok");
  site.rules = [aPersonsRule()];

  const { report } = await recheck(site, nearlyHealed, { lastRule });

  expect(report).toMatchObject({ outcome: "not-healed", recheck: null, rule: { ours: false } });
  expect(site.calls).not.toContain("withdraw");
});

test.each<[string, RuleOnRouter[]]>([
  ["alone", []],
  ["beside a person's that covers it", [aPersonsRule()]],
])("our rule as other settings wanted it, %s: not healed, and not held", async (_how, rules) => {
  const site = aRuledSite("ok", "ok");
  const { router } = aWorld(site);
  if (router === null) throw new Error("this world has a router");
  const view = { version: "7.20", rules, marked: 1 };
  const look = async () => ({ ok: true, value: view }) as const;

  const { report } = await recheck(site, nearlyHealed, {
    router: { ...router, look },
    lastRule: seenBefore,
  });

  expect(report).toMatchObject({
    outcome: "not-healed",
    recheck: null,
    rule: { state: "unknown", ours: true },
  });
  expect(report.summary).toContain("withdraw it, then fix, to replace it");
  expect(site.writes).toEqual([]);
});

test("a rule without the hole can't be looked behind", async () => {
  const site = aRuledSite("ok", "ok");
  site.rules = [aRule({ testable: false })];

  const { report } = await recheck(site);

  expect(report.outcome).toBe("not-healed");
  expect(report.summary).toContain("leaves out no source port");
  expect(report.summary).toContain("withdraw it, then fix, to make it testable");
  expect(report.recheck).toBeNull();
});

test("RULE_LIFE=keep since then: nothing is rechecked, and the report says that it stays", async () => {
  const site = aRuledSite("ok", "ok");
  const healing = { ...nearlyHealed, since: NOW - 8 * 24 * HOUR };

  const { report } = await recheck(site, healing, { policy: { ...policy, life: "keep" } });

  expect(report).toMatchObject({
    outcome: "not-healed",
    recheck: null,
    rule: { state: "present", ours: true, life: "keep" },
  });
  expect(report.summary).toBe("RULE_LIFE is keep: the rule is to stay, so nothing was rechecked.");
  expect(site.calls).not.toContain("throughTestPorts");
  expect(site.writes).toEqual([]);
});

describe("a rule that stands for too long is named loudly", () => {
  const since = NOW - 8 * 24 * HOUR;
  const OLD = /^THE RULE HAS STOOD FOR 8 DAYS AND IPV6 HAS NOT HEALED/;

  test.each<[string, Path, RuleOnRouter]>([
    ["where IPv6 still fails", "tls stall", aRule({ testable: true })],
    ["where it could not be measured", "no record", aRule({ testable: true })],
    ["where it can't be tested", "ok", aRule({ testable: false })],
    ["where it is not yet good for long enough", "ok", aRule({ testable: true })],
  ])("%s", async (_where, v6, rule) => {
    const site = aRuledSite("ok", v6);
    site.rules = [rule];

    const { report } = await recheck(site, { ...nearlyHealed, since, goodRounds: [] });

    expect(report.outcome).toBe("not-healed");
    expect(report.summary).toMatch(OLD);
  });

  test("where the router can't be read, or shows it as other settings wanted it", async () => {
    const site = aRuledSite("ok", "ok");
    const { router } = aWorld(site);
    if (router === null) throw new Error("this world has a router");
    const error = { next: "retry", uncertain: false, message: "no answer" } as const;
    const view = { version: "7.20", rules: [], marked: 1 };
    const healing = { ...nearlyHealed, since };

    const unread = await recheck(site, healing, {
      router: { ...router, look: async () => ({ ok: false, error }) },
    });
    const other = await recheck(site, healing, {
      router: { ...router, look: async () => ({ ok: true, value: view }) },
    });

    expect(unread.report.summary).toMatch(OLD);
    expect(other.report.summary).toMatch(OLD);
  });

  test.each(["auto", "observe"] as const)("but not where it has healed (MODE=%s)", async (mode) => {
    const changes = { policy: { ...policy, mode } };

    const { report } = await recheck(aRuledSite("ok", "ok"), { ...nearlyHealed, since }, changes);

    expect(report.summary).toMatch(/^IPv6 has answered every try behind the rule for 24 h/);
  });
});
