// Cases in which a rule stands already, was removed by a person, or has become harmful.
import { describe, expect, test } from "vitest";
import { MINUTE, TLS_TIMEOUT } from "../../support/a-pod.ts";
import { aPolicy, BY_PERSON } from "../../support/a-policy.ts";
import { NOW } from "../../support/a-round.ts";
import { aPersonsRule, aRule } from "../../support/a-rule.ts";
import { aSite, FIXED, hub } from "../../support/a-site.ts";
import { aWorld, run } from "../../support/a-world.ts";

describe("a rule is there already", () => {
  test.each([
    ["ours", aRule()],
    ["a person's", aPersonsRule()],
  ])("%s: the pods only get their restart", async (_whose, rule) => {
    const site = aSite();
    site.rules = [rule];

    const { report } = await run(site);

    expect(report).toMatchObject({ outcome: "recovered", verdict: "rule-active" });
    expect(site.writes).toEqual(["evict pod-1", "evict pod-2"]);
    expect(site.rules.map(({ id }) => id)).toEqual([rule.id]);
  });

  test("a person's that does not help is reported and stays", async () => {
    const site = aSite();
    site.rules = [aPersonsRule()];
    site.ruleWorks = false;

    const { report } = await run(site);

    expect(report).toMatchObject({ outcome: "stood-down", verdict: "rule-ineffective" });
    expect(site.writes).toEqual([]);
  });

  test("the path is healthy again: the pods only get their restart", async () => {
    const site = aSite("ok", "ok");

    const { report } = await run(site);

    expect(report).toMatchObject({ outcome: "recovered", verdict: "healthy-now" });
    expect(site.writes).toEqual(["evict pod-1", "evict pod-2"]);
  });

  test("pods fail again under a rule that was there before: it is not this job's to withdraw", async () => {
    const site = aSite();
    site.rules = [aRule()];
    site.failsAnyway = TLS_TIMEOUT;

    const { report } = await run(site);

    expect(report.outcome).toBe("still-failing");
    expect(site.rules).toHaveLength(1);
  });
});

test("a second copy of ours goes, and the pods get their restart", async () => {
  const site = aSite();
  site.rules = [aRule(), aRule({ id: "*A2" })];

  const { report } = await run(site);

  expect(report.outcome).toBe("recovered");
  expect(report.actions[0]).toMatchObject({ what: "remove copy" });
  expect(site.rules).toEqual([aRule()]);
});

describe("a person removed or disabled our rule", () => {
  const known = { state: "present", ours: true, at: NOW - MINUTE } as const;

  test("gone though the last report saw it: held-by-person, not put back", async () => {
    const site = aSite();

    const { report } = await run(site, {}, { lastRule: known });

    expect(report.outcome).toBe("held-by-person");
    expect(site.writes).toEqual([]);
  });

  test("disabled: held-by-person, not enabled", async () => {
    const site = aSite();
    site.rules = [aRule({ disabled: true })];

    const { report } = await run(site);

    expect(report.outcome).toBe("held-by-person");
    expect(site.writes).toEqual([]);
  });

  test.each([
    ["gone", [], FIXED],
    ["disabled", [aRule({ disabled: true })], ["remove rule", ...FIXED]],
  ])("%s: put back when a person asks", async (_how, rules, writes) => {
    const site = aSite();
    site.rules = rules;

    const { report } = await run(site, { origin: BY_PERSON }, { lastRule: known });

    expect(report.outcome).toBe("recovered");
    expect(site.writes).toEqual(writes);
    expect(site.rules.map(({ disabled }) => disabled)).toEqual([false]);
  });

  test("MODE=approve: disabled after the plan was made; an approval puts it back", async () => {
    const policy = aPolicy({ mode: "approve" });
    const site = aSite();
    const asked = await run(site, {}, { policy });
    if (asked.disposition !== "ask") throw new Error("nobody was asked");
    const approval = { hash: asked.planHash, by: "anna", at: NOW, until: NOW + 900_000 };
    site.rules = [aRule({ disabled: true })];

    const { report } = await run(site, { approval }, { lastRule: known, policy });

    expect(report.outcome).toBe("recovered");
    expect(site.writes).toEqual(["remove rule", ...FIXED]);
  });

  test("MODE=approve: held before anybody is asked; an approval takes that word back", async () => {
    const policy = aPolicy({ mode: "approve" });
    const held = await run(aSite(), {}, { lastRule: known, policy });
    const asked = await run(aSite(), {}, { policy });
    if (asked.disposition !== "ask") throw new Error("nobody was asked");
    const approval = { hash: asked.planHash, by: "anna", at: NOW, until: NOW + 900_000 };

    const approved = await run(aSite(), { approval }, { lastRule: known, policy });

    expect([held, approved].map(({ report }) => report.outcome)).toEqual([
      "held-by-person",
      "recovered",
    ]);
  });

  test("with another PREFIX since then, the old rule's absence holds nothing back", async () => {
    const lastRule = { ...known, networks: ["2600:1f18:2148::/48"] };

    const other = await run(aSite(), {}, { lastRule });
    const same = await run(aSite(), {}, { lastRule: { ...known, networks: ["2600:1f18::/32"] } });

    expect([other, same].map(({ report }) => report.outcome)).toEqual([
      "recovered",
      "held-by-person",
    ]);
  });

  test("with another ADDRESS_LIST since then, our rule stands: nobody took it off", async () => {
    const site = aSite();
    const { router } = aWorld(site);
    if (router === null) throw new Error("this world has a router");
    const look = async () => {
      const seen = await router.look();
      return seen.ok ? { ...seen, value: { ...seen.value, marked: 1 } } : seen;
    };

    const { report } = await run(site, {}, { lastRule: known, router: { ...router, look } });

    expect(report.outcome).toBe("recovered");
  });

  test("a person's own rule that is gone holds nothing back", async () => {
    const site = aSite();

    const { report } = await run(site, {}, { lastRule: { ...known, ours: false } });

    expect(report.outcome).toBe("recovered");
  });
});

describe("IPv4 is lost while a rule rejects IPv6", () => {
  test("proven twice, 60 s apart, ours is withdrawn and no pod is touched", async () => {
    const site = aSite("tcp timeout", "tls stall");
    site.rules = [aRule()];
    const waits: number[] = [];
    site.onSleep = (ms) => waits.push(ms);

    const { report } = await run(site);

    expect(report).toMatchObject({
      outcome: "withdrawn",
      verdict: "ipv4-lost",
      rule: { state: "absent" },
    });
    expect(report.rounds).toHaveLength(2);
    expect(waits).toEqual([60_000]);
    expect(site.writes).toEqual(["remove rule"]);
  });

  test("a person's rule is never withdrawn", async () => {
    const site = aSite("tcp timeout", "tls stall");
    site.rules = [aPersonsRule()];

    const { report } = await run(site);

    expect(report).toMatchObject({ outcome: "stood-down", verdict: "ipv4-lost" });
    expect(site.rules).toHaveLength(1);
  });

  test("beside a person's rule only ours is withdrawn", async () => {
    const site = aSite("tcp timeout", "tls stall");
    site.rules = [aRule(), aPersonsRule()];

    await run(site);

    expect(site.rules).toEqual([aPersonsRule()]);
  });

  test("IPv4 is back in the second round: ours stays", async () => {
    const site = aSite("tcp timeout", "tls stall");
    site.rules = [aRule()];
    site.onSleep = () => Object.assign(site.paths, hub("ok", "tls stall"));

    const { report } = await run(site);

    expect(report.outcome).toBe("stood-down");
    expect(site.rules).toHaveLength(1);
  });

  test("MODE=observe only says so", async () => {
    const site = aSite("tcp timeout", "tls stall");
    site.rules = [aRule()];

    const { report } = await run(site, {}, { policy: aPolicy({ mode: "observe" }) });

    expect(report.outcome).toBe("observed");
    expect(report.summary).toContain("Withdraw the rule now.");
    expect(site.rules).toHaveLength(1);
  });
});
