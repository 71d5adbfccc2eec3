// A host whose stall only the second round shows.
import { expect, test } from "vitest";
import { aPod, MINUTE, pullError } from "../../support/a-pod.ts";
import { aPolicy } from "../../support/a-policy.ts";
import { HUB, TOKEN } from "../../support/a-round.ts";
import { run } from "../../support/a-world.ts";
import { aSiteInMemory } from "../../support/site-in-memory.ts";

test("a rule covers it: its pods are restarted too", async () => {
  const owner = (name: string) => ({ group: "apps", kind: "ReplicaSet", name, uid: name });
  const text = (host: string) => pullError("net/http: TLS handshake timeout", host);
  const site = aSiteInMemory({ [HUB]: ["ok", "tls stall"], [TOKEN]: ["ok", "ok"] }, [
    aPod({ uid: "pod-1", owner: owner("a"), text: text(HUB) }),
    aPod({ uid: "pod-2", owner: owner("b"), text: text(TOKEN) }),
  ]);
  site.onSleep = () => (site.paths[TOKEN] = ["ok", "tls stall"]);

  const { report } = await run(site, {}, { policy: aPolicy({ evidenceAgeMs: 60 * MINUTE }) });

  expect(report.rounds.length).toBeGreaterThan(1);
  expect(site.evicted.toSorted()).toEqual(["pod-1", "pod-2"]);
  expect(report.outcome).toBe("recovered");
});
