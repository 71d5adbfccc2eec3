import { expect, test } from "vitest";
import type { Verdict } from "../../../sim/packet.ts";
import type { NetworkSim } from "../../../sim/network/start.ts";
import { quickNetwork } from "../../support/quick-network.ts";
import { aSite } from "./simulated-site.ts";

/** Docker Hub's IPv6 stalls in TLS; the rule on the router can be switched. */
async function aStalledSite(): Promise<{ sim: NetworkSim; rule: (verdict: Verdict) => void }> {
  let now: Verdict = { verdict: "accept" };
  const sim = await aSite({
    firewall: (packet) =>
      packet.dstAddress.startsWith("2600:1f18:") ? now : { verdict: "accept" },
  });
  sim.gateway.faults.add({ to: "2600:1f18::/32", kind: "tls-stall" });
  return { sim, rule: (verdict) => void (now = verdict) };
}

const ADDRESS = { host: "registry-1.docker.io", address: "2600:1f18:2148:bc00::10" };
const REQUEST = {
  blocked: [ADDRESS],
  hosts: ["registry-1.docker.io", "auth.docker.io"],
  controls: ["one.one.one.one"],
};

test("while no rule is in the way the address still answers and the first dial fails", async () => {
  const { sim } = await aStalledSite();

  const seen = await quickNetwork(sim).verify(REQUEST);

  expect(seen.blocked).toMatchObject([{ ...ADDRESS, blocked: false }]);
  expect(
    seen.dials.map(({ host, family, reached, outcome }) => [host, family, reached, outcome]),
  ).toEqual([
    ["registry-1.docker.io", "v6", "tcp", "timeout"],
    ["auth.docker.io", "v6", "tcp", "timeout"],
  ]);
});

test("once the rule rejects, clients get through over IPv4 in three of three", async () => {
  const { sim, rule } = await aStalledSite();
  rule({ verdict: "reject", with: "icmp-address-unreachable" });

  const seen = await quickNetwork(sim).verify(REQUEST);

  expect(seen.blocked).toMatchObject([{ ...ADDRESS, blocked: true }]);
  expect(seen.dials.map(({ host, family, outcome }) => `${host} ${family} ${outcome}`)).toEqual([
    ...Array<string>(3).fill("registry-1.docker.io v4 ok"),
    ...Array<string>(3).fill("auth.docker.io v4 ok"),
  ]);
  expect(seen.controls).toMatchObject([{ host: "one.one.one.one", family: "v6", outcome: "ok" }]);
});

test("three dials over a slow IPv4 that works are waited for", async () => {
  const { sim, rule } = await aStalledSite();
  rule({ verdict: "reject", with: "icmp-address-unreachable" });
  sim.gateway.faults.add({ to: "203.0.113.10", kind: "slow", ms: 900 });
  const limits = { tcpTimeoutMs: 3_000, tlsTimeoutMs: 3_000, httpTimeoutMs: 3_000 };

  const seen = await quickNetwork(sim, limits).verify({
    ...REQUEST,
    hosts: ["registry-1.docker.io"],
  });

  // Together they take longer than TLS and HTTP may of one.
  expect(seen.dials.map(({ family, outcome }) => `${family} ${outcome}`)).toEqual([
    "v4 ok",
    "v4 ok",
    "v4 ok",
  ]);
});

test("a rule that drops counts as blocked, and clients fall back after the delay", async () => {
  const { sim, rule } = await aStalledSite();
  rule({ verdict: "drop" });

  const seen = await quickNetwork(sim).verify(REQUEST);

  expect(seen.blocked[0]).toMatchObject({ blocked: true, detail: /no answer within \d+ ms/ });
  expect(seen.dials).toHaveLength(6);
  expect(seen.dials[0]?.ms.tcp).toBeGreaterThanOrEqual(49);
});

test("with the rule in place and IPv4 dead the first family's error is shown", async () => {
  const { sim, rule } = await aStalledSite();
  rule({ verdict: "reject", with: "icmp-address-unreachable" });
  sim.gateway.faults.add({ to: "203.0.113.10", kind: "tcp-drop" });

  const seen = await quickNetwork(sim).verify({ ...REQUEST, hosts: ["registry-1.docker.io"] });

  expect(seen.dials).toMatchObject([{ family: "v6", outcome: "unreachable", reached: "nothing" }]);
});

test("the tries at blocked addresses start a gap apart", async () => {
  const { sim, rule } = await aStalledSite();
  rule({ verdict: "reject", with: "tcp-reset" });
  const blocked = [ADDRESS, { ...ADDRESS, address: "2600:1f18:2148:bc01::10" }];

  await quickNetwork(sim, { verifyGapMs: 600 }).verify({ blocked, hosts: [], controls: [] });

  const [first, second] = sim.gateway.dials;
  // Half: a busy machine may have begun the first one late.
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(300);
});

test("a node whose only IPv6 source is a ULA dials IPv4 first", async () => {
  const sim = await aSite({ sources: { v4: "10.10.0.2", v6: "fd00::2" } });

  const seen = await quickNetwork(sim).verify({ ...REQUEST, blocked: [], controls: [] });

  expect(new Set(seen.dials.map((dial) => dial.family))).toEqual(new Set(["v4"]));
});

test("a control without IPv6 is said, not left out", async () => {
  const sim = await aSite();

  const seen = await quickNetwork(sim).verify({ blocked: [], hosts: [], controls: ["ghcr.io"] });

  expect(seen.controls).toMatchObject([
    { host: "ghcr.io", outcome: "no-route", detail: "no IPv6 address: nodata" },
  ]);
});

test("a host that no longer resolves fails its dial", async () => {
  const sim = await aSite();
  sim.dns.mode("auth.docker.io", "nxdomain");

  const seen = await quickNetwork(sim).verify({
    blocked: [],
    hosts: ["auth.docker.io"],
    controls: [],
  });

  expect(seen.dials).toMatchObject([
    { outcome: "failed", detail: "no address: v4 nxdomain, v6 nxdomain" },
  ]);
});
