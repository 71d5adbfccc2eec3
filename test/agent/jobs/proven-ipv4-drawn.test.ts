// The same promise over random rounds, rules, pods and policies: what a write moves to IPv4 has proven IPv4.
import fc from "fast-check";
import { expect, test } from "vitest";
import { coversAll } from "../../../agent/basics/networks.ts";
import type { Report } from "../../../src/protocol/report.ts";
import type { Quota, Round } from "../../../src/protocol/round.ts";
import { aPod, pullError, TLS_TIMEOUT } from "../../support/a-pod.ts";
import { aPolicy, BY_PERSON } from "../../support/a-policy.ts";
import { BLOB, GHCR, HUB, TOKEN, type Path } from "../../support/a-round.ts";
import { aRule } from "../../support/a-rule.ts";
import { run } from "../../support/a-world.ts";
import { aSiteInMemory } from "../../support/site-in-memory.ts";

const OTHER = "reg.example";
const INSIDE = "2600:1f18:77::7";
const STEADY: readonly Path[] = ["ok", "ok", "ok", "tls stall", "tls stall", "no record"];
const UNSTEADY: readonly Path[] = ["half stall", "one of three stalls", "tcp timeout", "503"];
/** Tries that a round cut, and what a patient one may find. */
const SLOW: readonly Path[] = [
  "cut on a slow link",
  "slow link, one try cut",
  "slow link, one stalls, one cut",
  "stood still until it was cut",
];
const slow = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Path>("slow link") },
  fc.constantFrom<Path>(...SLOW),
);
const slowV6 = fc.constantFrom<Path>("cut on a slow link", "tls stall", "tls stall", "slow link");
const slowPair = fc.tuple(slow, slowV6);
const path = fc.constantFrom<Path>(...STEADY, ...UNSTEADY);
const stalling = fc.constantFrom<Path>("tls stall", "tls stall", "reset", "ok", "half stall");
const pair = fc.tuple(fc.oneof({ weight: 6, arbitrary: fc.constant<Path>("ok") }, path), stalling);
const quota = fc.constantFrom<Quota>(
  { state: "left", left: 90 },
  { state: "left", left: 90 },
  { state: "unlimited" },
  { state: "unknown", why: "503" },
  { state: "unknown", why: "a TLS time-out", unanswered: HUB },
  { state: "unknown", why: "the round ended first", unanswered: HUB, cut: true },
);
const text = fc.constantFrom<string | null>(null, TLS_TIMEOUT, pullError("EOF", TOKEN));
const registries = fc.subarray([OTHER, GHCR, "r1.example", "r2.example"]);
const roundOf = (each: typeof pair) =>
  fc.record({ [HUB]: each, [TOKEN]: each, [BLOB]: each, [OTHER]: each, [GHCR]: each });
const slowRound = fc.record({
  [HUB]: slowPair,
  [TOKEN]: slowPair,
  [BLOB]: fc.constant<[Path, Path]>(["slow link", "slow link"]),
  [OTHER]: slowPair,
  [GHCR]: fc.constant<[Path, Path]>(["slow link", "no record"]),
});
const four = { minLength: 4, maxLength: 4 } as const;
const drawn = fc.record({
  rounds: fc.oneof(fc.array(roundOf(pair), four), fc.array(slowRound, four)),
  quotas: fc.array(quota, four),
  text,
  registries,
  otherInside: fc.boolean(),
  person: fc.boolean(),
  profile: fc.constantFrom("prefix" as const, "address-list" as const),
  ruleHosts: fc.constantFrom([HUB, TOKEN], [HUB, TOKEN, OTHER], [HUB]),
  disabled: fc.boolean(),
  stopGap: fc.constantFrom("allow" as const, "ask" as const),
});

/** What the rule keeps clients from, by the plan alone. */
function isBlocked(address: string, { plan, rounds }: Report): boolean {
  const network = plan?.rule?.["dst-address"];
  if (network !== undefined) return coversAll(network, [address]);
  const listed = rounds.flatMap(({ lookups }) =>
    lookups.filter(({ host }) => plan?.entries?.hosts.includes(host)),
  );
  return listed.some(({ addresses }) =>
    addresses.some(
      (one) => coversAll("2600:1f18::/32", [one]) && coversAll(`${one}/64`, [address]),
    ),
  );
}

/** Whether the host's IPv4 has a try that was not answered though it had its time, or no try at all. */
function unprovenIn(rounds: readonly Round[], host: string): boolean {
  return rounds.some(({ lookups, readings, patient }, index) => {
    if (!lookups.some((lookup) => lookup.host === host)) return false;
    const tries = readings.filter((one) => one.host === host && one.family === "v4");
    const hadNoTime = ({ outcome, ms }: (typeof tries)[number]): boolean =>
      outcome === "unknown" && (ms.tls ?? 0) < 5 * (ms.tcp ?? 0);
    const hasty = patient !== true && index < rounds.length - 1;
    const counted = hasty ? tries.filter((one) => !hadNoTime(one)) : tries;
    return tries.length === 0 || counted.some(({ outcome }) => outcome !== "ok");
  });
}

/** The quota's own connections, too; one that a hasty round cut on a slow link has not had its time. */
function quotaUnproven(rounds: readonly Round[]): boolean {
  return rounds.some(({ quota: { state, ...more }, patient, readings }, index) => {
    if (state !== "unknown" || !("unanswered" in more)) return false;
    const hub = readings.filter(({ host, family }) => host === HUB && family === "v4");
    const slowLink = hub.every(({ ms }) => (ms.tcp ?? 0) >= 1_000);
    const hasty = patient !== true && index < rounds.length - 1;
    return !(hasty && slowLink && "cut" in more);
  });
}

let written = 0;
let writtenAfterCuts = 0;
test("random rounds, rules, pods and policies: what a write moves to IPv4 has proven IPv4", async () => {
  written = 0;
  writtenAfterCuts = 0;
  await fc.assert(
    fc.asyncProperty(drawn, async (one) => {
      const pods = one.registries.map((registry) =>
        aPod({ uid: registry, image: `${registry}/a/b:1`, text: null }),
      );
      const site = Object.assign(aSiteInMemory({}, [aPod({ text: one.text }), ...pods]), {
        addresses: one.otherInside ? { [OTHER]: [INSIDE] } : {},
        rules: one.disabled ? [aRule({ disabled: true })] : [],
      });
      let sleeps = 0;
      const arrange = () => {
        Object.assign(site.paths, one.rounds[Math.min(sleeps, 3)]);
        site.quota = one.quotas[Math.min(sleeps, 3)] ?? site.quota;
      };
      arrange();
      site.onSleep = (ms) => {
        if (ms === 60_000) sleeps += 1;
        arrange();
      };
      const { profile, ruleHosts, stopGap } = one;
      const policy = aPolicy({ profile, ruleHosts, stopGap, rejectWith: "tcp-reset" });

      const { report } = await run(site, one.person ? { origin: BY_PERSON } : {}, { policy });

      if (!site.writes.includes("add rule")) return;
      written += 1;
      const hosts = new Set(
        report.rounds.flatMap(({ lookups }) => lookups.map(({ host }) => host)),
      );
      for (const host of policy.ruleHosts) expect(hosts).toContain(host);
      const moved = [...hosts].filter((host) =>
        report.rounds.some(({ lookups }) =>
          lookups.some(
            (lookup) =>
              lookup.host === host && lookup.addresses.some((each) => isBlocked(each, report)),
          ),
        ),
      );
      expect(moved.filter((host) => unprovenIn(report.rounds, host))).toEqual([]);
      expect(quotaUnproven(report.rounds)).toBe(false);
      const cut = report.rounds.some(({ readings }) =>
        readings.some(({ family, outcome }) => family === "v4" && outcome === "unknown"),
      );
      if (cut) writtenAfterCuts += 1;
    }),
    { numRuns: 800, seed: 7 },
  );
  // The property is not empty.
  expect(written).toBeGreaterThan(10);
  expect(writtenAfterCuts).toBeGreaterThan(3);
}, 120_000);
