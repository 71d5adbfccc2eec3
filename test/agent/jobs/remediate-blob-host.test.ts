// The host of the layers is not where the rule reaches: what that means for rule and restarts.
import { expect, test } from "vitest";
import { aPod } from "../../support/a-pod.ts";
import { BLOB, CONTROLS, HUB } from "../../support/a-round.ts";
import { hub } from "../../support/a-site.ts";
import { aWorld, run } from "../../support/a-world.ts";
import { aSiteInMemory } from "../../support/site-in-memory.ts";

test("registry and blob host stall: not covered, nothing is written", async () => {
  const site = aSiteInMemory({ ...hub("ok", "tls stall"), [BLOB]: ["ok", "tls stall"] }, [aPod()]);

  const { report } = await run(site);

  expect(report).toMatchObject({ verdict: "not-covered", outcome: "stood-down" });
  expect(report.verdicts.map(({ host }) => host)).toContain(HUB);
  expect(site.writes).toEqual([]);
});

test("STOP_GAP=allow still asks where the blob host stalls too: the rule would not be enough", async () => {
  const everywhere = {
    [CONTROLS[0]]: ["ok", "tls stall"],
    [CONTROLS[1]]: ["ok", "tls stall"],
  } as const;
  const paths = { ...hub("ok", "tls stall"), ...everywhere, [BLOB]: ["ok", "tls stall"] } as const;
  const site = aSiteInMemory(paths, [aPod()]);
  const { policy } = aWorld(site);

  const ending = await run(site, {}, { policy: { ...policy, stopGap: "allow" } });

  expect(ending).toMatchObject({
    disposition: "ask",
    report: { verdict: "ipv6-stall-everywhere" },
  });
  expect(site.writes).toEqual([]);
});

test("pods that last failed at the registry are not restarted while blobs stall", async () => {
  const site = aSiteInMemory({ ...hub("ok", "ok"), [BLOB]: ["ok", "tls stall"] }, [aPod()]);

  const { report } = await run(site);

  expect(report).toMatchObject({ verdict: "ipv6-blob-stall", outcome: "stood-down" });
  expect(site.writes).toEqual([]);
});
