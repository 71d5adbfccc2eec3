// One round of probes over the simulated network.
import { expect, test } from "vitest";
import type { ProbeTarget } from "../../../agent/ports/network.ts";
import type { Fault } from "../../../sim/network/faults.ts";
import { quickNetwork } from "../../support/quick-network.ts";
import { aSite, ends, HUB, of, probe, STAGE_MS, TOKEN } from "./simulated-site.ts";

const CONTROL: ProbeTarget = { host: "one.one.one.one", role: "control" };
const GHCR: ProbeTarget = { host: "ghcr.io", role: "control" };

test("a healthy path gives three good tries for each address of both families", async () => {
  const sim = await aSite();

  const round = await probe(sim, [HUB, TOKEN, CONTROL, GHCR], { tcpTimeoutMs: 1_500 });

  expect(ends(round.readings)).toEqual(["http ok"]);
  expect(of(round, "v6").map((reading) => `${reading.address} ${reading.try}`)).toEqual([
    "2600:1f18:2148:bc00::10 1",
    "2600:1f18:2148:bc00::10 2",
    "2600:1f18:2148:bc00::10 3",
    "2600:1f18:2148:bc01::10 1",
    "2600:1f18:2148:bc01::10 2",
    "2600:1f18:2148:bc01::10 3",
    "2600:1f18:2148:bc02::20 1",
    "2600:1f18:2148:bc02::20 2",
    "2600:1f18:2148:bc02::20 3",
    "2606:4700:4700::1111 1",
    "2606:4700:4700::1111 2",
    "2606:4700:4700::1111 3",
  ]);
  expect(of(round, "v4")[0]?.ms).toEqual({
    tcp: expect.any(Number),
    tls: expect.any(Number),
    http: expect.any(Number),
  });
});

test("the report says where it looked from, with the sources shortened", async () => {
  const sim = await aSite();

  const round = await probe(sim);

  expect(round.lookedFrom).toEqual({
    node: "node-1",
    sources: { v4: "10.10.0.0/24", v6: "2001:db8:10::/64" },
    resolvers: [`127.0.0.1:${sim.dnsPort}`],
  });
});

test.each<[Fault["kind"], string[]]>([
  ["tls-stall", ["tcp timeout"]],
  ["reset", ["tcp reset"]],
  ["wrong-certificate", ["tcp certificate"]],
  ["http-stall", ["tls timeout"]],
  ["tcp-drop", ["nothing timeout"]],
  ["tcp-refuse", ["nothing refused"]],
  ["unreachable", ["nothing unreachable"]],
])("%s on IPv6 alone reads as %j there and leaves IPv4 ok", async (kind, expected) => {
  const sim = await aSite();
  sim.gateway.faults.add({ to: "2600:1f18::/32", kind });

  const round = await probe(sim);

  expect(ends(of(round, "v6"))).toEqual(expected);
  expect(ends(of(round, "v4"))).toEqual(["http ok"]);
});

test("where every second connection stalls, some tries stall and some answer", async () => {
  const sim = await aSite();
  sim.gateway.faults.add({ to: "2600:1f18::/32", kind: "stall-half" });

  const round = await probe(sim);

  expect(ends(of(round, "v6")).toSorted()).toEqual(["http ok", "tcp timeout"]);
});

test("a stall says how many bytes came back", async () => {
  const sim = await aSite();
  sim.gateway.faults.add({ to: "2600:1f18::/32", kind: "tls-stall" });

  const round = await probe(sim);

  expect(of(round, "v6")[0]?.detail).toMatch(/^no answer within \d+ ms, 0 bytes came back$/);
});

test("a wrong certificate is described with its reason and issuer", async () => {
  const sim = await aSite();
  sim.gateway.faults.add({ to: "2600:1f18::/32", kind: "wrong-certificate" });

  const round = await probe(sim);

  expect(of(round, "v6")[0]?.detail).toBe(
    "ERR_TLS_CERT_ALTNAME_INVALID; issued by Simulated Internet CA for DNS:wrong.example",
  );
  expect(sim.servers.hits.filter((hit) => hit.family === "v6")).toEqual([]);
});

test("a certificate of an unknown CA is a certificate outcome on both families", async () => {
  const sim = await aSite();

  const round = await probe(sim, [HUB], { extraCaPem: null });

  expect(ends(round.readings)).toEqual(["tcp certificate"]);
});

test("a slow path is ok and its time shows in each stage", async () => {
  const sim = await aSite();
  sim.gateway.faults.add({ to: "::/0", kind: "slow", ms: 60 });

  const round = await probe(sim);

  const [reading] = of(round, "v6");
  expect(reading?.outcome).toBe("ok");
  expect(
    Math.min(reading?.ms.tcp ?? 0, reading?.ms.tls ?? 0, reading?.ms.http ?? 0),
  ).toBeGreaterThan(55);
});

test.each([
  ["icmp-address-unreachable", "nothing unreachable"],
  ["icmp-no-route", "nothing unreachable"],
  ["icmp-admin-prohibited", "nothing unreachable"],
  ["icmp-port-unreachable", "nothing refused"],
  ["tcp-reset", "nothing refused"],
])("a rule that rejects with %s reads as %s", async (kind, expected) => {
  const sim = await aSite({ firewall: () => ({ verdict: "reject", with: kind }) });

  const round = await probe(sim);

  expect(ends(of(round, "v6"))).toEqual([expected]);
});

test("without an IPv6 source every IPv6 try is no-route and nothing is dialled", async () => {
  const sim = await aSite({ sources: { v4: "10.10.0.2", v6: null } });

  const round = await probe(sim);

  expect(ends(of(round, "v6"))).toEqual(["nothing no-route"]);
  expect(sim.gateway.dials.filter((dial) => dial.address.includes(":"))).toEqual([]);
  expect(round.lookedFrom.sources.v6).toBeNull();
});

test.each([
  ["registry", "registry-1.docker.io", 503, "http-status"],
  ["registry", "registry-1.docker.io", 429, "http-status"],
  ["registry", "registry-1.docker.io", 403, "http-status"],
  ["token", "auth.docker.io", 404, "http-status"],
  ["token", "auth.docker.io", 429, "http-status"],
  ["token", "auth.docker.io", 503, "http-status"],
  ["control", "ghcr.io", 503, "ok"],
] as const)("a %s (%s) that answers %i is %s", async (role, host, status, outcome) => {
  const sim = await aSite();
  sim.servers.behaviour.status.set(host, status);

  const round = await probe(sim, [{ host, role }]);

  expect(of(round, "v4").map((reading) => [reading.outcome, reading.status])).toEqual([
    [outcome, status],
    [outcome, status],
    [outcome, status],
  ]);
});

test("a host named twice is probed once, in its strictest role", async () => {
  const sim = await aSite();

  const round = await probe(sim, [GHCR, { host: "GHCR.io", role: "registry" }]);

  expect(round.lookups.map((lookup) => `${lookup.host} ${lookup.role} ${lookup.family}`)).toEqual([
    "ghcr.io registry v4",
    "ghcr.io registry v6",
  ]);
});

test("a round ends on time and its cut tries are unknown, never timeout", async () => {
  const sim = await aSite();
  sim.gateway.faults.add({ to: "2600:1f18::/32", kind: "tls-stall" });

  const round = await probe(sim, [{ host: "auth.docker.io", role: "token" }], {
    tlsTimeoutMs: STAGE_MS,
    roundSlackMs: STAGE_MS / 2,
    tryGapMs: STAGE_MS * 0.7,
  });

  expect(of(round, "v6").map((reading) => `${reading.reached} ${reading.outcome}`)).toEqual([
    "tcp timeout",
    "tcp unknown",
    "tcp unknown",
  ]);
  // The third try begins before the end, and its own limit lies after it.
  expect(round.ms).toBeLessThan(STAGE_MS * (2 * 0.7 + 1));
});

test("a try that had not begun when the round ended is unknown as well", async () => {
  const sim = await aSite();

  const round = await probe(sim, [GHCR], { roundSlackMs: 100, tryGapMs: STAGE_MS + 5_000 });

  expect(ends(round.readings)).toEqual(["http ok", "nothing unknown"]);
});

test("a node whose clock is off says so", async () => {
  const sim = await aSite();

  const round = await probe(sim, [GHCR], { now: () => Date.now() + 600_000 });

  expect((round.readings[0]?.serverAheadMs ?? 0) / 1_000).toBeCloseTo(-600, -1);
});

test("a patient round cuts no try that the stages' own limits allow", async () => {
  const sim = await aSite();
  sim.gateway.faults.add({ to: "0.0.0.0/0", kind: "slow", ms: 350 });
  const network = quickNetwork(sim, { tlsTimeoutMs: 900, roundSlackMs: 0, tcpTimeoutMs: 900 });

  const [hasty, patient] = [
    await network.probe([TOKEN]),
    await network.probe([TOKEN], { patient: true }),
  ];

  expect(of(hasty, "v4").some(({ outcome }) => outcome === "unknown")).toBe(true);
  expect(of(patient, "v4").some(({ outcome }) => outcome === "unknown")).toBe(false);
});
