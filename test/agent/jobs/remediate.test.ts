// One case as a story: what is wrong at the site, how the job ends, what was done to the site.
import { describe, expect, test } from "vitest";
import { planHash } from "../../../agent/plan/plan.ts";
import { aPod, MINUTE } from "../../support/a-pod.ts";
import { aPolicy, BY_PERSON } from "../../support/a-policy.ts";
import { HUB, NOW } from "../../support/a-round.ts";
import { aSite, FIXED, hub } from "../../support/a-site.ts";
import { aWorld, run } from "../../support/a-world.ts";
import { aSiteInMemory } from "../../support/site-in-memory.ts";

describe("Docker Hub stalls over IPv6 and IPv4 works", () => {
  test("the rule is added, the pods are evicted, they pull: recovered", async () => {
    const site = aSite();

    const { disposition, report } = await run(site);

    expect(disposition).toBe("done");
    expect(report).toMatchObject({
      outcome: "recovered",
      verdict: "ipv6-tls-stall",
      rule: { state: "present", ours: true, packets: "2" },
      summary: "The rule is in place and clients use IPv4. 2 of 2 pods have their image.",
    });
    expect(site.writes).toEqual(FIXED);
    expect(report.pods.map(({ uid, restarted, became }) => [uid, restarted, became])).toEqual([
      ["pod-1", "evicted", "pulled"],
      ["pod-2", "evicted", "pulled"],
    ]);
    expect(report.actions.map(({ what, on }) => `${what} ${on}`)).toEqual([
      "add rule 192.0.2.1",
      "evict pod shop/web-pod-1",
      "evict pod shop/db-0",
    ]);
    expect(report.stages.map(({ stage }) => stage)).toEqual([
      "look",
      "probe",
      "apply",
      "verify",
      "restart",
      "watch",
    ]);
  });

  test("MODE=observe reports the plan and the lines to paste, and changes nothing", async () => {
    const site = aSite();

    const { report } = await run(site, {}, { policy: aPolicy({ mode: "observe" }) });

    expect(report).toMatchObject({
      outcome: "observed",
      plan: { commands: [expect.stringContaining("/ipv6 firewall filter add")] },
    });
    expect(site.writes).toEqual([]);
  });

  test("the job `diagnose` changes nothing, in auto too", async () => {
    const site = aSite();

    const { report } = await run(site, { kind: "diagnose", origin: BY_PERSON });

    expect(report).toMatchObject({ outcome: "observed", verdict: "ipv6-tls-stall" });
    expect(site.writes).toEqual([]);
  });

  test("without a router the agent observes", async () => {
    const site = aSite();

    const { report } = await run(site, {}, { router: null });

    expect(report.outcome).toBe("observed");
    expect(site.writes).toEqual([]);
  });

  test("MODE=approve asks, and acts once the plan is approved", async () => {
    const site = aSite();
    const policy = aPolicy({ mode: "approve" });

    const asked = await run(site, {}, { policy });
    const before = [...site.writes];
    const hash = asked.report.planHash ?? "";
    const approval = { hash, by: "U123", at: site.now, until: site.now + 15 * MINUTE };
    const acted = await run(site, { approval }, { policy });

    expect(asked).toMatchObject({ disposition: "ask", planHash: hash });
    expect(before).toEqual([]);
    expect(acted.report.outcome).toBe("recovered");
    expect(site.writes).toEqual(FIXED);
  });

  test("an approval of another plan is not enough: asked again", async () => {
    const site = aSite();
    const approval = { hash: "0", by: "U123", at: NOW, until: NOW + 15 * MINUTE };

    const { disposition } = await run(site, { approval }, { policy: aPolicy({ mode: "approve" }) });

    expect(disposition).toBe("ask");
    expect(site.writes).toEqual([]);
  });
});

describe("once is not proof", () => {
  const young = () =>
    aSiteInMemory(hub("ok", "tls stall"), [
      aPod({ text: null }),
      aPod({ uid: "pod-2", text: null }),
    ]);

  test("without older evidence a second round is made 60 s later", async () => {
    const site = young();
    const waits: number[] = [];
    site.onSleep = (ms) => waits.push(ms);

    const { report } = await run(site);

    expect(report.outcome).toBe("recovered");
    expect(report.rounds).toHaveLength(2);
    expect(waits[0]).toBe(60_000);
  });

  test("with older evidence one round is enough", async () => {
    const { report } = await run(aSite());

    expect(report.rounds).toHaveLength(1);
  });

  test.each(["ok", "unreachable", "reset"] as const)(
    "a second round that shows %s stops everything",
    async (v6) => {
      const site = young();
      site.onSleep = () => (site.paths[HUB] = ["ok", v6]);

      const { report } = await run(site);

      expect(report.outcome).toBe("stood-down");
      expect(report.summary).toContain(HUB);
      expect(site.writes).toEqual([]);
    },
  );
});

test("the report's plan hash is that of its plan", async () => {
  const { report } = await run(aSite());

  expect(report.plan && planHash(report.plan)).toBe(report.planHash);
});

test("one owner is not restarted twice within six hours", async () => {
  const site = aSite();
  const world = aWorld(site);
  await run(site, {}, world);
  site.now += 5 * MINUTE;
  site.pods = [{ pod: aPod({ uid: "pod-9" }), pulled: false, retriesAt: site.now + MINUTE }];

  const { report } = await run(site, {}, world);

  expect(site.evicted).toEqual(["pod-1", "pod-2"]);
  expect(report.pods).toMatchObject([
    { uid: "pod-9", decision: "leave", why: expect.stringContaining("its owner was restarted") },
  ]);
  expect(report).toMatchObject({ outcome: "recovered", pods: [{ became: "pulled" }] });
});
