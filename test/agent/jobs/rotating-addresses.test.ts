// Names whose addresses change from lookup to lookup: what any lookup of the job gave, a client may be
// given next.
import { describe, expect, test } from "vitest";
import type { HostAddress } from "../../../agent/ports/network.ts";
import type { Policy } from "../../../agent/ports/policy.ts";
import { aPod } from "../../support/a-pod.ts";
import { aPolicy } from "../../support/a-policy.ts";
import { BLOB, HUB, TOKEN, type Path } from "../../support/a-round.ts";
import { aSite, hub } from "../../support/a-site.ts";
import { run } from "../../support/a-world.ts";
import { memoryNetwork } from "../../support/memory-adapters.ts";
import { aSiteInMemory, type SiteInMemory } from "../../support/site-in-memory.ts";

const OUTSIDE = "2a00:1450:4001::5";
const list = aPolicy({
  profile: "address-list",
  rejectWith: "tcp-reset",
  ruleHosts: [HUB, TOKEN, BLOB],
});

/** With what further lookups give. */
const runWith = (site: SiteInMemory, policy: Policy, found: readonly HostAddress[]) =>
  run(site, {}, { policy, network: { ...memoryNetwork(site), ipv6Addresses: async () => found } });

test("an address outside PREFIX in an earlier round: refused, though the newest has none", async () => {
  const paths = { [HUB]: ["ok", "half stall"], [TOKEN]: ["ok", "tls stall"] } as const;
  const site = aSiteInMemory(paths, [aPod()]);
  site.addresses = { [HUB]: [OUTSIDE] };
  site.onSleep = () => {
    Object.assign(site.paths, hub("ok", "tls stall"));
    site.addresses = {};
  };

  const { report } = await run(site);

  expect(site.writes).toEqual([]);
  expect(report).toMatchObject({ outcome: "refused" });
  expect(report.summary).toContain(`${HUB} has IPv6 addresses outside 2600:1f18::/32`);
});

describe("a lookup beside the rounds", () => {
  test("gives an address outside PREFIX for a host that the rule is for: refused", async () => {
    const site = aSite();

    const { report } = await runWith(site, list, [{ host: TOKEN, address: OUTSIDE }]);

    expect(site.writes).toEqual([]);
    expect(report.summary).toContain(`${TOKEN} has IPv6 addresses outside`);
  });

  const withBlob = (v4: Path) =>
    aSiteInMemory({ ...hub("ok", "tls stall"), [BLOB]: [v4, "no record"] }, [aPod()]);
  const found = [{ host: BLOB, address: "2600:1f18:99::5" }];

  test.each<Path>(["tcp timeout", "half stall", "no record", "503"])(
    "gives the first IPv6 address of a host whose IPv4 is %s: refused",
    async (v4) => {
      const site = withBlob(v4);

      const { report } = await runWith(site, list, found);

      expect(site.writes).toEqual([]);
      expect(report.summary).toContain(`${BLOB} lies inside`);
    },
  );

  test("gives one of a host whose IPv4 answers: written", async () => {
    const site = withBlob("ok");

    await runWith(site, list, found);

    expect(site.writes).toContain("add rule");
  });
});
