// A fault that comes and goes: one round proves nothing, three may (DESIGN section 5, row 16).
import { expect, test } from "vitest";
import { aSite, hub } from "../../support/a-site.ts";
import { aWorld, run } from "../../support/a-world.ts";

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
