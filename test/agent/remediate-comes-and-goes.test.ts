// A fault that comes and goes: one round proves nothing, three may (DESIGN section 5, row 16).
import { expect, test } from "vitest";
import { aPod } from "../support/a-pod.ts";
import { BLOB, CONTROLS, HUB } from "../support/a-round.ts";
import { aSite, hub } from "../support/a-site.ts";
import { aWorld, run } from "../support/a-world.ts";
import { aSiteInMemory } from "../support/site-in-memory.ts";

const probes = (calls: readonly string[]): number =>
  calls.filter((call) => call.startsWith("probe")).length;

test("half of the tries of three rounds, a minute apart: a person is asked", async () => {
  const site = aSite("ok", "half stall");
  const before = site.now;

  const ending = await run(site);

  expect(ending).toMatchObject({ disposition: "ask", report: { verdict: "ipv6-partial" } });
  expect({ probes: probes(site.calls), tookMs: site.now - before }).toEqual({
    probes: 3,
    tookMs: 2 * 60_000 + 3 * 11_000,
  });
  expect(site.writes).toEqual([]);
});

test("the second round is clear: it decides, and there is no third", async () => {
  const site = aSite("ok", "half stall");
  site.onSleep = () => Object.assign(site.paths, hub("ok", "tls stall"));

  const { report } = await run(site);

  expect(report.verdict).toBe("ipv6-tls-stall");
  expect(report.rounds.length).toBeLessThanOrEqual(3);
});

test("IPv4 that comes and goes is no reason for more rounds", async () => {
  const site = aSite("half stall", "half stall");

  const { report } = await run(site);

  expect(report).toMatchObject({ verdict: "inconclusive", outcome: "stood-down" });
  expect(probes(site.calls)).toBe(1);
});

test("a job that was cancelled while it waited takes no further round", async () => {
  const site = aSite("ok", "half stall");
  let cancelled = false;
  site.onSleep = () => (cancelled = true);
  const { lease } = aWorld(site);

  await run(site, {}, { lease: { ...lease, cancelled: () => cancelled } });

  expect(probes(site.calls)).toBe(1);
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

test("registry and blob host stall: not covered, nothing is written", async () => {
  const site = aSiteInMemory({ ...hub("ok", "tls stall"), [BLOB]: ["ok", "tls stall"] }, [aPod()]);

  const { report } = await run(site);

  expect(report).toMatchObject({ verdict: "not-covered", outcome: "stood-down" });
  expect(report.verdicts.map(({ host }) => host)).toContain(HUB);
  expect(site.writes).toEqual([]);
});
