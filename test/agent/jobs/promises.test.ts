// docs/design.md section 8: what must hold whatever the site is like.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { kindOf, classify } from "../../../agent/classify/classify.ts";
import { hostFamily } from "../../../agent/diagnosis/family-state.ts";
import { followUp, type VerdictName } from "../../../agent/diagnosis/verdicts.ts";
import type { Report } from "../../../src/protocol/report.ts";
import { aPod } from "../../support/a-pod.ts";
import { aPolicy, BY_PERSON } from "../../support/a-policy.ts";
import { CONTROLS, HUB, PATHS, TOKEN, type Path } from "../../support/a-round.ts";
import { aPersonsRule, aRule } from "../../support/a-rule.ts";
import { aSite, hub } from "../../support/a-site.ts";
import { aWorld, run } from "../../support/a-world.ts";
import { aSiteInMemory, type SiteInMemory } from "../../support/site-in-memory.ts";

/** As free as a policy can be: what it forbids is forbidden to all. */
const FREE = aPolicy({ stopGap: "allow", failingForMs: 0, evidenceAgeMs: 0 });

function followsOf(report: Report): Map<string, string> {
  return new Map(
    report.verdicts.flatMap(({ host, name }) =>
      host === null ? [] : [[host, followUp(name as VerdictName, "allow")] as const],
    ),
  );
}

/** Holds of every ending, or throws with the site's story. */
function keepsThePromises(site: SiteInMemory, report: Report, before: readonly string[]): void {
  const follows = followsOf(report);
  const values = [...follows.values()];
  if (site.writes.includes("add rule")) {
    expect(values).toContain("rule");
    const round = report.rounds.at(-1);
    expect(round && hostFamily(round, HUB, "v4").state).toBe("ok");
    expect(round && hostFamily(round, TOKEN, "v4").state).toBe("ok");
  }
  if (site.evicted.length > 0) expect(["rule", "restart"]).toContain(follows.get(HUB));
  if (site.writes.includes("remove rule") && !site.writes.includes("add rule"))
    expect(values).toContain("withdraw");
  const persons = before.filter((id) => id === aPersonsRule().id);
  expect(site.rules.filter(({ ours }) => !ours).map(({ id }) => id)).toEqual(persons);
}

const WORLDS = [
  ["no rule stands", [], "ok"],
  ["our rule stands", [aRule()], "ok"],
  ["a person's rule stands", [aPersonsRule()], "ok"],
  ["our rule is disabled", [aRule({ disabled: true })], "ok"],
  ["IPv6 stalls at the controls too", [], "tls stall"],
] as const;

describe.each(WORLDS)("%s", (_name, rules, control) => {
  test.each(PATHS)("IPv4 %s: nothing is done without a verdict that allows it", async (v4) => {
    const controls = [CONTROLS[0], CONTROLS[1]].map((host) => [host, ["ok", control]] as const);
    for (const v6 of PATHS)
      for (const origin of [aJobsOrigin, BY_PERSON])
        for (const token of [
          [v4, v6],
          ["ok", "ok"],
          ["tcp timeout", "ok"],
        ] as const) {
          const paths = {
            [HUB]: [v4, v6],
            [TOKEN]: token,
            ...Object.fromEntries(controls),
          } as const;
          const site = aSiteInMemory(paths, [aPod({ uid: "pod-1" })]);
          site.rules = [...rules];

          const { report } = await run(site, { origin }, { policy: FREE });

          keepsThePromises(
            site,
            report,
            rules.map(({ id }) => id),
          );
        }
  });
});

const aJobsOrigin = { via: "alertmanager", by: "alertmanager", person: false } as const;

test("the property above is not empty: there are sites with a rule and sites with evictions", async () => {
  const stalled = aSite();
  const healthy = aSite("ok", "ok");

  await run(stalled, {}, { policy: FREE });
  await run(healthy, {}, { policy: FREE });

  expect(stalled.writes).toContain("add rule");
  expect(healthy.writes).toEqual(["evict pod-1", "evict pod-2"]);
});

test("a pod whose own words name another cause is never restarted, however bad the path is", async () => {
  const lines = readFileSync(
    new URL("../../fixtures/pull-errors.dev.jsonl", import.meta.url),
    "utf8",
  );
  const texts = lines
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => (JSON.parse(line) as { message: string }).message)
    .filter((text) => kindOf(classify(text).label) === "text-decides");
  expect(texts.length).toBeGreaterThan(20);
  // A proxy of this node's own runtime would be a verdict on the host.
  const pods = texts.map((text, index) => aPod({ uid: `pod-${index}`, text, node: "node-b" }));
  const site = aSiteInMemory(hub("ok", "tls stall"), [...pods, aPod({ uid: "stalled" })]);

  await run(site, {}, { policy: { ...FREE, maxPods: 500 } });

  expect(site.evicted).toEqual(["stalled"]);
});

test.each(["observe", "approve"] as const)(
  "MODE=%s without an approval writes nothing, whatever the paths are",
  async (mode) => {
    for (const v4 of PATHS)
      for (const v6 of PATHS) {
        const site = aSite(v4, v6);

        await run(site, {}, { policy: { ...FREE, mode } });

        expect(site.writes).toEqual([]);
      }
  },
);

test("a job asks for no more than its kind: `diagnose` never writes", async () => {
  for (const v4 of PATHS)
    for (const v6 of PATHS)
      for (const rules of [[], [aRule()]]) {
        const site = aSite(v4, v6);
        site.rules = rules;

        await run(site, { kind: "diagnose" }, { policy: FREE });

        expect(site.writes).toEqual([]);
      }
});

test("probes older than two minutes allow no rule", async () => {
  const site = aSite();
  const { network } = aWorld(site);
  const slow = async () => {
    site.now += 121_000;
    return [];
  };

  const { report } = await run(site, {}, { network: { ...network, lifelines: slow } });

  expect(report.outcome).toBe("refused");
  expect(report.summary).toContain("the probes are");
  expect(site.writes).toEqual([]);
});

test("each write to the router and the first to the cluster has a yes of the Worker before it", async () => {
  const useless = aSite();
  useless.ruleWorks = false;
  const good = aSite();

  await run(useless);
  await run(good);

  const asked = (site: SiteInMemory) =>
    site.calls.filter((call) => /^(mayWrite|ensure|withdraw|restart)/.test(call));
  expect(asked(useless)).toEqual(["mayWrite router", "ensure", "mayWrite router", "withdraw"]);
  expect(asked(good)).toEqual([
    "mayWrite router",
    "ensure",
    "mayWrite cluster",
    "restart pod-1",
    "restart pod-2",
  ]);
});

const stalls: readonly Path[] = [
  "tls stall",
  "tls stall, one try cut",
  "reset",
  "wrong certificate",
  "stall and reset",
  // Nobody but this host over IPv6 shows such dates: it is somebody else's certificate.
  "clock a year behind",
];
test.each(PATHS.filter((path) => !stalls.includes(path)))(
  "IPv6 %s adds no rule in auto",
  async (v6) => {
    const site = aSite("ok", v6);

    await run(site);

    expect(site.writes).not.toContain("add rule");
  },
);
