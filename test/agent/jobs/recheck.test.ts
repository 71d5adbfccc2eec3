// `recheck`: the rule stands, and the path behind it is tested from the ports that it leaves out.
import { expect, test } from "vitest";
import { recheck as recheckJob } from "../../../agent/jobs/recheck.ts";
import { aJob } from "../../support/a-policy.ts";
import { NOW, type Path } from "../../support/a-round.ts";
import { aRuledSite, HOUR, nearlyHealed, policy, recheck } from "../../support/a-recheck.ts";
import { aWorld, attempt } from "../../support/a-world.ts";

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
  expect(report.summary).toContain("first good round 4 h ago, 20 h and 4 good rounds to go");
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

test("IPv4 that has died meanwhile is the graver news: ours goes at once", async () => {
  const site = aRuledSite("tcp timeout", "ok");

  const { report } = await recheck(site, { ...nearlyHealed, goodRounds: [] });

  expect(report).toMatchObject({ outcome: "withdrawn", verdict: "ipv4-lost" });
  expect(site.writes).toEqual(["remove rule"]);
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

    const { report } = await attempt(recheckJob, { job, world });

    expect(report).toMatchObject({ outcome, rule: { state: "absent" } });
    // Entries that the first attempt did not come to.
    expect(site.calls).toContain("withdraw");
    expect(site.writes).toEqual([]);
  },
);

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
