// `recheck`: the rule stands, and the path behind it is tested from the ports that it leaves out.
import { expect, test } from "vitest";
import type { Ending } from "../../agent/ending.ts";
import { recheckJob } from "../../agent/recheck.ts";
import type { RuleOnRouter, World } from "../../agent/world.ts";
import type { Healing } from "../../src/protocol/calls.ts";
import type { RuleState } from "../../src/protocol/report.ts";
import { aJob, aPolicy } from "../support/a-policy.ts";
import { NOW, type Path } from "../support/a-round.ts";
import { aPersonsRule, aRule } from "../support/a-rule.ts";
import { hub } from "../support/a-site.ts";
import { aWorld, journalOf } from "../support/a-world.ts";
import { aSiteInMemory, type SiteInMemory } from "../support/site-in-memory.ts";

const HOUR = 3_600_000;
const policy = aPolicy({ life: "until-healed" });

/** Five good rounds over the last day: one more is enough. */
const nearlyHealed: Healing = {
  since: NOW - 30 * HOUR,
  goodRounds: [24, 20, 16, 12, 8].map((hours) => NOW - hours * HOUR),
  neededRounds: 6,
  neededMs: 24 * HOUR,
  relapses: 0,
};

function aRuledSite(v4: Path, v6: Path): SiteInMemory {
  const site = aSiteInMemory(hub(v4, v6), []);
  site.rules = [aRule({ testable: true })];
  return site;
}

function recheck(
  site: SiteInMemory,
  healing: Healing | null = nearlyHealed,
  changes: Partial<World> = {},
): Promise<Ending> {
  const world = aWorld(site, { policy, ...changes });
  return recheckJob(aJob({ kind: "recheck", healing }), world, journalOf(world));
}

test("the sixth good round over a day: healed, and the rule is gone", async () => {
  const site = aRuledSite("ok", "ok");

  const { report } = await recheck(site);

  expect(report).toMatchObject({
    outcome: "healed",
    recheck: { good: true },
    rule: { state: "absent" },
  });
  expect(site.writes).toEqual(["remove rule"]);
});

test("a good round that is not yet enough says how many there are, and the rule stays", async () => {
  const site = aRuledSite("ok", "ok");

  const { report } = await recheck(site, { ...nearlyHealed, goodRounds: [NOW - 4 * HOUR] });

  expect(report).toMatchObject({ outcome: "not-healed", recheck: { good: true } });
  expect(report.summary).toContain("good round 2 of 6, over 24 h");
  expect(report.rule).toMatchObject({ state: "present", ours: true, life: "until-healed" });
  expect(site.writes).toEqual([]);
});

test("IPv6 that still stalls behind the rule is no good round, whatever came before", async () => {
  const site = aRuledSite("ok", "tls stall");

  const { report } = await recheck(site);

  expect(report).toMatchObject({ outcome: "not-healed", recheck: { good: false } });
  expect(report.summary).toContain("IPv6 still fails behind the rule, in 9 of 9 tries");
  expect(report.after).toHaveLength(9);
  expect(site.writes).toEqual([]);
});

test.each<[Path, string]>([
  ["no record", "its names do not resolve over IPv6"],
  ["tls stall, one try cut", "a try was cut"],
  ["no route", "this node has no way"],
])("%s: unmeasured, %s; the good rounds before stay", async (v6) => {
  const site = aRuledSite("ok", v6);

  const { report } = await recheck(site);

  expect(report).toMatchObject({ outcome: "not-healed", recheck: null });
  expect(report.summary).toContain("this round does not count");
  expect(site.writes).toEqual([]);
});

test("a rule that stands for too long is reported loudly", async () => {
  const healing = { ...nearlyHealed, since: NOW - 8 * 24 * HOUR };

  const { report } = await recheck(aRuledSite("ok", "tls stall"), healing);

  expect(report.summary).toMatch(/^THE RULE HAS STOOD FOR 8 DAYS AND IPV6 HAS NOT HEALED/);
});

test("IPv4 that has died meanwhile is the graver news: ours goes at once", async () => {
  const site = aRuledSite("tcp timeout", "ok");

  const { report } = await recheck(site, { ...nearlyHealed, goodRounds: [] });

  expect(report).toMatchObject({ outcome: "withdrawn", verdict: "ipv4-lost" });
  expect(site.writes).toEqual(["remove rule"]);
});

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

test.each([
  ["healed", nearlyHealed],
  ["withdrawn", { ...nearlyHealed, goodRounds: [] }],
])(
  "killed between the withdrawal and its report: the next attempt says %s",
  async (outcome, healing) => {
    const site = aRuledSite("ok", "ok");
    site.rules = [];
    const world = aWorld(site, { policy });
    const job = aJob({ kind: "recheck", healing, intent: "withdraw our rule" });

    const { report } = await recheckJob(job, world, journalOf(world));

    expect(report).toMatchObject({ outcome, rule: { state: "absent" } });
    // Entries that the first attempt did not come to.
    expect(site.calls).toContain("withdraw");
    expect(site.writes).toEqual([]);
  },
);

test("a rule without the hole can't be looked behind", async () => {
  const site = aRuledSite("ok", "ok");
  site.rules = [aRule({ testable: false })];

  const { report } = await recheck(site);

  expect(report.outcome).toBe("not-healed");
  expect(report.summary).toContain("leaves out no source port");
  expect(report.recheck).toBeNull();
});

test("MODE=observe withdraws nothing and says what to do", async () => {
  const site = aRuledSite("ok", "ok");

  const { report } = await recheck(site, nearlyHealed, { policy: { ...policy, mode: "observe" } });

  expect(report).toMatchObject({ outcome: "observed" });
  expect(report.summary).toContain("Withdraw the rule now.");
  expect(site.writes).toEqual([]);
});

test("without the right to write the rule stays, and the job is tried again", async () => {
  const site = aRuledSite("ok", "ok");
  const { lease } = aWorld(site);
  const refused = { next: "retry", uncertain: false, message: "the lease is lost" } as const;
  const mayWrite = async () => ({ ok: false, error: refused }) as const;

  const ending = await recheck(site, nearlyHealed, { lease: { ...lease, mayWrite } });

  expect(ending.disposition).toBe("retry");
  expect(site.writes).toEqual([]);
});

test("a router that can't be read says nothing about the rule: tried again", async () => {
  const site = aRuledSite("ok", "ok");
  const { router } = aWorld(site);
  const error = { next: "retry", uncertain: false, message: "no answer" } as const;
  const look = async () => ({ ok: false, error }) as const;

  const ending = await recheck(site, nearlyHealed, router ? { router: { ...router, look } } : {});

  expect(ending).toMatchObject({ disposition: "retry", report: { error: "no answer" } });
});

test("a recheck that the Worker sends without a history is refused", async () => {
  const { report } = await recheck(aRuledSite("ok", "ok"), null);

  expect(report.outcome).toBe("refused");
});
