// What an earlier attempt of the same job announced, as the Worker remembers it.
import { describe, expect, test } from "vitest";
import type { Router } from "../../../agent/ports/router.ts";
import type { ClaimedJob } from "../../../src/protocol/calls.ts";
import { aPod, NOT_FOUND } from "../../support/a-pod.ts";
import { aPolicy, BY_PERSON } from "../../support/a-policy.ts";
import { GHCR, NOW } from "../../support/a-round.ts";
import { aPersonsRule, aRule } from "../../support/a-rule.ts";
import { aSite, hub } from "../../support/a-site.ts";
import { aWorld, memoryLease, run } from "../../support/a-world.ts";
import { aSiteInMemory, type SiteInMemory } from "../../support/site-in-memory.ts";

const ADDED = { intent: "ensure the rule for 2600:1f18::/32", addsRule: true, attempts: 2 };
/** An announcement that adds nothing: what a rule that was there before is taken off with. */
const WITHDREW = { intent: "withdraw our rule", addsRule: false, attempts: 2 };
const NOTHING = {};

/** Our rule stands and rejects IPv6, but clients do not get through. */
async function withUselessRule(job: Partial<ClaimedJob>, mode: "auto" | "approve" = "auto") {
  const site = aSite();
  site.rules = [aRule()];
  const { network } = aWorld(site);
  const verify: typeof network.verify = async (request) => {
    const seen = await network.verify(request);
    return { ...seen, dials: seen.dials.map((dial) => ({ ...dial, outcome: "timeout" })) };
  };
  const changes = { network: { ...network, verify }, policy: aPolicy({ mode }) };
  const { disposition, report } = await run(site, job, changes);
  return { disposition, outcome: report.outcome, left: site.rules.length };
}

describe("a rule that stands and rejects IPv6", () => {
  test.each(["auto", "approve"] as const)(
    "is verified as this job's own before anybody is asked, MODE=%s",
    async (mode) => {
      expect(await withUselessRule(ADDED, mode)).toEqual({
        disposition: "done",
        outcome: "no-better",
        left: 0,
      });
    },
  );

  test.each([
    ["nobody announced it", NOTHING],
    ["only a withdrawal was announced", WITHDREW],
  ])("is not this job's to verify if %s", async (_what, job) => {
    expect(await withUselessRule(job)).toMatchObject({ outcome: "recovered", left: 1 });
  });

  test("is kept if it helps; MODE=approve then asks for the restarts alone", async () => {
    const site = aSite();
    site.rules = [aRule()];

    const ending = await run(site, ADDED, { policy: aPolicy({ mode: "approve" }) });

    expect(ending).toMatchObject({ disposition: "ask", plan: { rule: null } });
    expect(site.calls).toContain("verify");
    expect(site.rules).toHaveLength(1);
  });

  test.each([
    ["the job `diagnose`", "diagnose", "auto"],
    ["MODE=observe", "remediate", "observe"],
  ] as const)("is not verified by %s", async (_what, kind, mode) => {
    const site = aSite();
    site.rules = [aRule()];

    await run(site, { ...ADDED, kind }, { policy: aPolicy({ mode }) });

    expect(site.calls).not.toContain("verify");
  });
});

describe("a rule that comes to stand between this attempt's look and its own write", () => {
  async function withLateRule(job: Partial<ClaimedJob>) {
    const site = aSite();
    site.ruleWorks = false;
    const { router } = aWorld(site);
    if (router === null) throw new Error("this world has a router");
    const ensure: Router["ensure"] = (...asked) => {
      site.rules = [aRule()];
      return router.ensure(...asked);
    };
    const { report } = await run(site, job, { router: { ...router, ensure } });
    return { outcome: report.outcome, left: site.rules.length };
  }

  test("is this job's own if it was announced: taken back if it does not help", async () => {
    expect(await withLateRule(ADDED)).toEqual({ outcome: "no-better", left: 0 });
  });

  test.each([
    ["nothing", NOTHING],
    ["a withdrawal", WITHDREW],
  ])("is somebody else's and stays if %s was announced", async (_what, job) => {
    expect(await withLateRule(job)).toEqual({ outcome: "no-better", left: 1 });
  });
});

describe("a rule that stands and IPv6 is reached in spite of it", () => {
  async function withIneffectiveRule(job: Partial<ClaimedJob>, rules = [aRule()]) {
    const paths = { ...hub("ok", "tls stall"), [GHCR]: ["ok", "ok"] } as const;
    const healthy = aPod({ uid: "healthy", image: "ghcr.io/a/b", text: null });
    const site = aSiteInMemory(paths, [aPod({ uid: "stalled" }), healthy]);
    Object.assign(site, { rules, ruleWorks: false });
    const { report } = await run(site, job);
    return { outcome: report.outcome, writes: site.writes };
  }

  test("is taken back before anything else, even if another host is healthy", async () => {
    expect(await withIneffectiveRule(ADDED)).toEqual({
      outcome: "no-better",
      writes: ["remove rule"],
    });
  });

  test.each([
    ["nobody announced it", NOTHING],
    ["only a withdrawal was announced", WITHDREW],
  ])("is taken off, too, if %s", async (_what, job) => {
    expect(await withIneffectiveRule(job)).toEqual({
      outcome: "no-better",
      writes: ["remove rule"],
    });
  });

  test("stays if it is a person's", async () => {
    expect((await withIneffectiveRule(ADDED, [aPersonsRule()])).writes).toEqual(["evict healthy"]);
  });
});

describe("what this attempt announces", () => {
  /** The third word of each announcement, in order. */
  async function announced(site: SiteInMemory, job: Partial<ClaimedJob> = {}): Promise<unknown[]> {
    const words: unknown[] = [];
    const lease = memoryLease(site);
    const mayWrite: typeof lease.mayWrite = (write) => {
      words.push([write.on, write.adds]);
      return lease.mayWrite(write);
    };
    await run(site, job, { lease: { ...lease, mayWrite } });
    return words;
  }

  test("adding the rule, where none of ours was seen; a withdrawal and restarts add nothing", async () => {
    expect(await announced(aSite())).toEqual([
      ["router", true],
      ["cluster", undefined],
    ]);
    expect(await announced(Object.assign(aSite(), { ruleWorks: false }))).toEqual([
      ["router", true],
      ["router", undefined],
    ]);
  });

  test.each([
    ["disabled, is put back for a person", aRule({ disabled: true })],
    ["covers only other addresses", aRule({ networks: ["2600:1f18:9999::/48"] })],
  ])("adding, too, where one of ours that %s", async (_how, rule) => {
    const site = Object.assign(aSite(), { rules: [rule] });

    expect(await announced(site, { origin: BY_PERSON })).toEqual([
      ["router", true],
      ["cluster", undefined],
    ]);
  });
});

describe("nothing fails any more", () => {
  test.each([
    ["the rule that this job announced stands", "recovered", ADDED, [aRule()]],
    ["only a withdrawal was announced", "nothing-failing", WITHDREW, [aRule()]],
    ["nothing was announced", "nothing-failing", NOTHING, [aRule()]],
    ["the announced rule is not there", "nothing-failing", ADDED, []],
  ])("%s: %s", async (_what, outcome, job, rules) => {
    const site = Object.assign(aSiteInMemory({}, []), { rules });

    expect((await run(site, job)).report.outcome).toBe(outcome);
  });
});

test("a pod that an earlier attempt's restart made is not restarted again", async () => {
  const site = aSite("ok", "ok");
  const [first, second] = site.pods;
  if (first && second) {
    first.pod = { ...first.pod, createdAt: NOW - 300_000 };
    second.pod = { ...second.pod, createdAt: NOW - 301_000 };
  }
  site.failsAnyway = NOT_FOUND;

  const { report } = await run(site, { attempts: 2, restartsAt: NOW - 300_000 });

  expect(site.evicted).toEqual(["pod-2"]);
  expect(report.pods).toContainEqual(
    expect.objectContaining({
      uid: "pod-1",
      why: "an earlier attempt of this job made it by a restart",
    }),
  );
});
