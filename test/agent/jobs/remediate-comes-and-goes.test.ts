// A fault that comes and goes: one round proves nothing, three may (docs/design.md section 5, row 16).
import { expect, test } from "vitest";
import { aPolicy } from "../../support/a-policy.ts";
import type { Path } from "../../support/a-round.ts";
import { aSite, hub } from "../../support/a-site.ts";
import { aWorld, run } from "../../support/a-world.ts";

/** No kubelet has seen the fault long enough: a second round has to confirm it. */
const policy = aPolicy({ evidenceAgeMs: 60 * 60_000 });
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

test("a path that stalls, works and stalls again a minute apart is asked about", async () => {
  const site = aSite("ok", "tls stall");
  const seen: Path[] = ["ok", "half stall"];
  site.onSleep = () => Object.assign(site.paths, hub("ok", seen.shift() ?? "ok"));

  const ending = await run(site, {}, { policy });

  expect(ending).toMatchObject({ disposition: "ask", report: { verdict: "ipv6-partial" } });
  expect(probes(site.calls)).toBe(3);
  expect(site.writes).toEqual([]);
});

test("one that works from the second round on is left open, and nothing is restarted", async () => {
  const site = aSite("ok", "tls stall");
  site.onSleep = () => Object.assign(site.paths, hub("ok", "ok"));

  const { report } = await run(site, {}, { policy });

  expect(report).toMatchObject({ verdict: "inconclusive", outcome: "stood-down" });
  expect(probes(site.calls)).toBe(3);
  expect(site.writes).toEqual([]);
});

test("a round in which all is well after one that stalled is no reason to restart", async () => {
  const site = aSite("ok", "half stall");
  site.onSleep = () => Object.assign(site.paths, hub("ok", "ok"));

  const { report } = await run(site);

  expect(report).toMatchObject({ verdict: "inconclusive", outcome: "stood-down" });
  expect(site.writes).toEqual([]);
});
