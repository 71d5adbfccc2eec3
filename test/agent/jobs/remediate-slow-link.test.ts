// A link so slow that a round ends before its tries do: a second one waits for them. What was cut
// measured nothing; the patient round has to prove IPv4 by itself.
import { expect, test } from "vitest";
import type { Quota } from "../../../src/protocol/round.ts";
import { HEALTHY, HUB, TOKEN, type Path } from "../../support/a-round.ts";
import { aSite } from "../../support/a-site.ts";
import { aWorld, run } from "../../support/a-world.ts";
import type { SiteInMemory } from "../../support/site-in-memory.ts";

type Slow = {
  /** IPv4 in the first round. */
  readonly first?: Path;
  /** IPv4 once it was waited for. */
  readonly v4?: Path;
  readonly quotas?: readonly [hasty: Quota, patient: Quota];
};
const LEFT: Quota = { state: "left", left: 90 };
const CUT: Quota = { state: "unknown", why: "the round ended first", unanswered: HUB, cut: true };

/** What IPv6 shows at Docker Hub once it was waited for. */
async function verdictWhereIpv6(
  v6: Path,
  { first = "cut on a slow link", v4 = "slow link", quotas = [LEFT, LEFT] }: Slow = {},
) {
  const site: SiteInMemory = aSite(first, "cut on a slow link");
  const hosts = Object.keys(HEALTHY);
  for (const host of hosts) site.paths[host] = [first, "cut on a slow link"];
  const { network } = aWorld(site);
  const asked: boolean[] = [];
  const { report } = await run(
    site,
    {},
    {
      network: {
        ...network,
        probe: (targets, how) => {
          asked.push(how?.patient ?? false);
          site.quota = quotas[how?.patient === true ? 1 : 0];
          for (const host of hosts)
            if (how?.patient === true) {
              const ours = host === HUB || host === TOKEN;
              site.paths[host] = ours ? [v4, v6] : ["slow link", "slow link"];
            }
          return network.probe(targets, how);
        },
      },
    },
  );
  const { verdict, outcome, summary } = report;
  return { asked, verdict, outcome, summary, writes: site.writes };
}

test("the second round is patient, and has the right verdict", async () => {
  const { asked, verdict } = await verdictWhereIpv6("tls stall");

  expect(asked.slice(0, 2)).toEqual([false, true]);
  expect(verdict).toBe("ipv6-tls-stall");
});

test("a rule is written once the patient round has an answer to every IPv4 try", async () => {
  const { writes, outcome } = await verdictWhereIpv6("tls stall");

  expect(writes).toContain("add rule");
  expect(outcome).toBe("recovered");
});

test.each<[string, Slow]>([
  ["a patient try that was not answered", { v4: "one of three stalls" }],
  ["a patient try that was cut all the same", { v4: "slow link, one try cut" }],
  ["a hasty try that ran into its own limit", { first: "slow link, one stalls, one cut" }],
  ["a hasty try that stood still until it was cut", { first: "stood still until it was cut" }],
  ["the patient round's quota cut", { quotas: [LEFT, CUT] }],
  ["the hasty round's quota not answered", { quotas: [{ ...CUT, cut: false }, LEFT] }],
  [
    "its cut quota on a link that is not slow",
    { first: "one of three stalls", quotas: [CUT, LEFT] },
  ],
])("%s is one too many", async (_, slow) => {
  const { writes } = await verdictWhereIpv6("tls stall", slow);

  expect(writes).toEqual([]);
});

test.each<[string, Slow]>([
  ["a hasty try that was on its way", { first: "slow link, one try cut" }],
  ["the hasty round's quota on its way", { first: "slow link", quotas: [CUT, LEFT] }],
])("%s measured nothing, and the patient round proves", async (_, slow) => {
  const { asked, writes } = await verdictWhereIpv6("tls stall", slow);

  expect(asked.slice(0, 2)).toEqual([false, true]);
  expect(writes).toContain("add rule");
});

test("a link that is slow for both families is healthy", async () => {
  const { verdict } = await verdictWhereIpv6("slow link");

  expect(verdict).toBe("healthy-now");
});

test("tries that are cut after a quick TCP are stalls, and lead to no longer wait", async () => {
  const site = aSite("ok", "all tries cut");
  const { network } = aWorld(site);
  const asked: boolean[] = [];
  const probe: typeof network.probe = (targets, how) => {
    asked.push(how?.patient ?? false);
    return network.probe(targets, how);
  };

  await run(site, {}, { network: { ...network, probe } });

  expect(asked).not.toContain(true);
});
