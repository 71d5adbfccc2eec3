// A link so slow that a round ends before its tries do: a second one waits for them.
import { expect, test } from "vitest";
import { HEALTHY, HUB, TOKEN, type Path } from "../../support/a-round.ts";
import { aSite } from "../../support/a-site.ts";
import { aWorld, run } from "../../support/a-world.ts";
import type { SiteInMemory } from "../../support/site-in-memory.ts";

/** What IPv6 shows at Docker Hub once it was waited for. */
async function verdictWhereIpv6(v6: Path, first: Path = "cut on a slow link") {
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
          for (const host of hosts)
            if (how?.patient === true) {
              const ours = host === HUB || host === TOKEN;
              site.paths[host] = ["slow link", ours ? v6 : "slow link"];
            }
          return network.probe(targets, how);
        },
      },
    },
  );
  return { asked, verdict: report.verdict, writes: site.writes };
}

test("the second round is patient, and has the right verdict", async () => {
  const { asked, verdict } = await verdictWhereIpv6("tls stall");

  expect(asked.slice(0, 2)).toEqual([false, true]);
  expect(verdict).toBe("ipv6-tls-stall");
});

test("a rule still needs an answer to every IPv4 try of the job", async () => {
  const { writes } = await verdictWhereIpv6("tls stall");

  expect(writes).toEqual([]);
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
