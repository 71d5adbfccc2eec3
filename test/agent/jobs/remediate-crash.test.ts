// docs/design.md section 8, promise 7: killed at any point, the next claim ends in the same state.
import { describe, expect, test } from "vitest";
import { restartMemory } from "../../../agent/settings/policy.ts";
import type { ClaimedJob } from "../../../src/protocol/calls.ts";
import type { RestartMemory } from "../../../agent/ports/world.ts";
import { aPod, MINUTE } from "../../support/a-pod.ts";
import { BY_PERSON } from "../../support/a-policy.ts";
import { HUB, TOKEN } from "../../support/a-round.ts";
import { aRule } from "../../support/a-rule.ts";
import { aSite } from "../../support/a-site.ts";
import { run } from "../../support/a-world.ts";
import { aSiteInMemory, Died, type SiteInMemory } from "../../support/site-in-memory.ts";

/** Docker Hub stalls over IPv6; two replicas of one Deployment and a StatefulSet's pod wait. */
function aStalledSite(): SiteInMemory {
  const stalls = { [HUB]: ["ok", "tls stall"], [TOKEN]: ["ok", "tls stall"] } as const;
  const database = { group: "apps", kind: "StatefulSet", name: "db", uid: "owner-db" };
  return aSiteInMemory(stalls, [
    aPod({ uid: "pod-1" }),
    aPod({ uid: "pod-2" }),
    aPod({ uid: "pod-3", name: "db-0", owner: database }),
  ]);
}

async function callsOf(site: SiteInMemory, job: Partial<ClaimedJob> = {}): Promise<number> {
  const ending = await run(site, job);
  expect(ending).toMatchObject({ disposition: "done" });
  return site.calls.length;
}

const goodCalls = await callsOf(aStalledSite());
/** A person disabled our rule, and now asks for it. */
const ASKED = { origin: BY_PERSON };
const aDisabledRule = (): SiteInMemory =>
  Object.assign(aStalledSite(), { rules: [aRule({ disabled: true })], ruleWorks: false });
const putBackCalls = await callsOf(aDisabledRule(), ASKED);
const uselessCalls = await callsOf(Object.assign(aStalledSite(), { ruleWorks: false }));

const each = (calls: number) =>
  Array.from({ length: calls }, (_, index) => index + 1).flatMap((call) =>
    (["before", "after"] as const).map((when) => ({ call, when })),
  );

/** Runs until it dies at that call, and then once more as the Worker hands the job out again. */
async function twice(
  site: SiteInMemory,
  dies: NonNullable<SiteInMemory["dies"]>,
  memories: readonly [RestartMemory, RestartMemory],
  job: Partial<ClaimedJob> = {},
) {
  site.dies = dies;
  await expect(run(site, job, { memory: memories[0] })).rejects.toThrow(Died);
  site.dies = null;
  site.now += MINUTE;
  return run(site, { ...job, attempts: 2, fence: 8 }, { memory: memories[1] });
}

test("the good run goes through every kind of outside call", async () => {
  const site = aStalledSite();

  const { report } = await run(site);

  expect(report.outcome).toBe("recovered");
  expect(site.calls).toEqual([
    "failingPods",
    "look",
    "probe",
    "look",
    "lifelines",
    "mayWrite router",
    "ensure",
    "verify",
    "look",
    "failingPods",
    "mayWrite cluster",
    "restart pod-1",
    "restart pod-2",
    "restart pod-3",
    "podsNow",
  ]);
});

describe("a process that dies and starts again", () => {
  test.each(each(goodCalls))(
    "$when call $call: one rule, no pod evicted twice, recovered",
    async (dies) => {
      const site = aStalledSite();

      const ending = await twice(site, dies, [restartMemory(), restartMemory()]);

      expect(ending).toMatchObject({ disposition: "done", report: { outcome: "recovered" } });
      expect(site.rules.map(({ ours, disabled }) => ({ ours, disabled }))).toEqual([
        { ours: true, disabled: false },
      ]);
      expect(site.writes.filter((write) => write === "add rule")).toHaveLength(1);
      expect(site.evicted.toSorted()).toEqual(["pod-1", "pod-2", "pod-3"]);
    },
  );
});

describe("an exception after which the process goes on", () => {
  test.each(each(goodCalls))(
    "$when call $call: one rule, no pod evicted twice, recovered",
    async (dies) => {
      const site = aStalledSite();
      const memory = restartMemory();

      const ending = await twice(site, dies, [memory, memory]);

      expect(ending).toMatchObject({ disposition: "done", report: { outcome: "recovered" } });
      expect(site.rules).toHaveLength(1);
      expect(site.writes.filter((write) => write === "add rule")).toHaveLength(1);
      expect(new Set(site.evicted).size).toBe(site.evicted.length);
    },
  );
});

describe("a rule that does not help", () => {
  test.each(each(uselessCalls))("$when call $call: no rule of ours stays", async (dies) => {
    const site = aStalledSite();
    site.ruleWorks = false;

    const ending = await twice(site, dies, [restartMemory(), restartMemory()]);

    expect(site.rules).toEqual([]);
    expect(site.evicted).toEqual([]);
    expect(ending).toMatchObject({ disposition: "done", report: { outcome: "no-better" } });
  });
});

describe("a rule that is put back for a person and does not help", () => {
  test.each(each(putBackCalls))("$when call $call: no rule of ours stays", async (dies) => {
    const site = aDisabledRule();

    const ending = await twice(site, dies, [restartMemory(), restartMemory()], ASKED);

    expect(site.rules).toEqual([]);
    expect(ending).toMatchObject({ disposition: "done", report: { outcome: "no-better" } });
  });
});

describe("our rule, after IPv4 was lost", () => {
  const lost = (): SiteInMemory => {
    const site = aSite("tcp timeout", "tls stall");
    site.rules = [aRule()];
    return site;
  };

  test("is withdrawn in nine calls", async () => {
    expect(await callsOf(lost())).toBe(9);
  });

  test.each(each(7))("$when call $call: it is gone, no pod evicted", async (dies) => {
    const site = lost();

    const ending = await twice(site, dies, [restartMemory(), restartMemory()]);

    expect(ending.disposition).toBe("done");
    expect(site.rules).toEqual([]);
    expect(site.writes).toEqual(["remove rule"]);
  });
});

test("dying twice in a row ends no differently", async () => {
  const site = aStalledSite();
  site.dies = { call: 6, when: "after" };
  await expect(run(site, {}, { memory: restartMemory() })).rejects.toThrow(Died);
  site.dies = { call: site.calls.length + 9, when: "after" };
  await expect(run(site, {}, { memory: restartMemory() })).rejects.toThrow(Died);
  site.dies = null;

  const { report } = await run(site, { attempts: 3 }, { memory: restartMemory() });

  expect(report.outcome).toBe("recovered");
  expect(site.rules).toHaveLength(1);
  expect(new Set(site.evicted).size).toBe(site.evicted.length);
});
