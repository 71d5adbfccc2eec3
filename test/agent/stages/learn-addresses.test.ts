// A pool that shows a part of itself at each lookup.
import { expect, test } from "vitest";
import type { Network } from "../../../agent/ports/network.ts";
import type { Router, Wanted } from "../../../agent/ports/router.ts";
import { aPolicy } from "../../support/a-policy.ts";
import { BLOB, HUB } from "../../support/a-round.ts";
import { aSite } from "../../support/a-site.ts";
import { run } from "../../support/a-world.ts";
import { memoryNetwork, memoryRouter } from "../../support/memory-adapters.ts";
import type { SiteInMemory } from "../../support/site-in-memory.ts";

const policy = aPolicy({ profile: "address-list", rejectWith: "tcp-reset" });

/** `size` networks, of which each lookup gives the next four. */
function rotating(site: SiteInMemory, size: number): Network {
  let at = 0;
  const next = () => `2600:1f18:77:${(at++ % size).toString(16)}::5`;
  return {
    ...memoryNetwork(site),
    ipv6Addresses: async () => [
      ...[next(), next(), next(), next()].map((address) => ({ host: HUB, address })),
      { host: BLOB, address: "2001:db8::1" },
    ],
  };
}

function listening(site: SiteInMemory, asked: Wanted[]): Router {
  const router = memoryRouter(site);
  return {
    ...router,
    ensure(wanted, stillAllowed) {
      asked.push(wanted);
      return router.ensure(wanted, stillAllowed);
    },
  };
}

const inPool = (wanted: Wanted | undefined) =>
  new Set(wanted?.addresses.filter((address) => address.startsWith("2600:1f18:77:")));

test("all of a pool of twelve networks are listed, and nothing beside PREFIX", async () => {
  const site = aSite();
  const asked: Wanted[] = [];

  const changes = { policy, network: rotating(site, 12), router: listening(site, asked) };
  const { report } = await run(site, {}, changes);

  expect(report.outcome).toBe("recovered");
  expect(inPool(asked[0]).size).toBe(12);
  expect(asked[0]?.addresses).not.toContain("2001:db8::1");
});

test("a pool that is wider than ENTRIES_MOST is named, and nothing is written", async () => {
  const site = aSite();
  const asked: Wanted[] = [];

  const changes = { policy, network: rotating(site, 60), router: listening(site, asked) };
  const { report } = await run(site, {}, changes);

  expect(report.outcome).toBe("refused");
  expect(report.summary).toContain("more than 32 networks");
  expect(report.summary).toContain("PROFILE=prefix");
  expect([asked, site.writes]).toEqual([[], []]);
});

test("lookups stop soon where they give nothing new, and there are none with one rule", async () => {
  const counts: number[] = [];
  for (const profile of ["address-list", "prefix"] as const) {
    const site = aSite();
    let lookups = 0;
    const network = {
      ...memoryNetwork(site),
      ipv6Addresses: async () => (lookups++, [{ host: HUB, address: "2600:1f18:77::1" }]),
    };
    await run(site, {}, { network, policy: aPolicy({ profile }) });
    counts.push(lookups);
  }
  expect(counts).toEqual([4, 0]);
});

test("the rounds before count, too", async () => {
  const site = aSite();
  const asked: Wanted[] = [];
  const network = memoryNetwork(site);
  const first = "2600:1f18:99::1";
  let rounds = 0;
  const probe: Network["probe"] = async (targets) => {
    const round = await network.probe(targets);
    rounds += 1;
    const lookups = round.lookups.map((lookup) =>
      rounds === 1 && lookup.family === "v6" && lookup.host === policy.ruleHosts[0]
        ? { ...lookup, addresses: [...lookup.addresses, first] }
        : lookup,
    );
    return { ...round, lookups };
  };
  const always = aPolicy({ profile: "address-list", evidenceAgeMs: 10 * 3_600_000 });

  const router = listening(site, asked);
  await run(site, {}, { policy: always, network: { ...network, probe }, router });

  expect(rounds).toBe(2);
  expect(asked[0]?.addresses).toContain(first);
});

test("an address that a client is given after the write is listed before it is given up", async () => {
  const site = aSite();
  const asked: Wanted[] = [];
  const network = memoryNetwork(site);
  let looks = 0;
  const verify: Network["verify"] = async (request) => {
    const seen = await network.verify(request);
    looks += 1;
    const dials = seen.dials.map((dial) =>
      looks > 1
        ? dial
        : {
            ...dial,
            family: "v6" as const,
            address: "2600:1f18:88::1",
            reached: "tcp" as const,
            outcome: "timeout" as const,
          },
    );
    return { ...seen, dials };
  };

  const changes = { policy, network: { ...network, verify }, router: listening(site, asked) };
  const { report } = await run(site, {}, changes);

  expect(report.outcome).toBe("recovered");
  expect(asked).toHaveLength(2);
  expect(asked[1]?.addresses).toContain("2600:1f18:88::1");
});
