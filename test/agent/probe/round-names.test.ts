// What a round makes of names and addresses, before anything is tried.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { aSite, ends, of, probe, STAGE_MS, TOKEN } from "./simulated-site.ts";

test.each([
  ["2001:db8:10::2", true],
  ["fd00:10::2", false],
])("a node whose IPv6 source is %s prefers IPv6: %s (RFC 6724)", async (v6, preferred) => {
  const sim = await aSite({ sources: { v4: "10.10.0.2", v6 } });

  const round = await probe(sim);

  const look = round.lookups.find(({ family }) => family === "v6");
  expect(look?.preferred).toBe(preferred);
});

test("a resolver that is silent before the good one is asked takes nothing from the tries", async () => {
  const sim = await aSite();
  const silent = createSocket("udp4").bind(0, "127.0.0.1");
  onTestFinished(() => void silent.close());
  await once(silent, "listening");
  sim.gateway.faults.add({ to: "2600:1f18::/32", kind: "tls-stall" });

  const round = await probe(sim, [TOKEN], {
    dnsServers: [`127.0.0.1:${silent.address().port}`, `127.0.0.1:${sim.dnsPort}`],
    dnsTimeoutMs: 4 * STAGE_MS,
    roundSlackMs: 0.4 * STAGE_MS,
  });

  expect(round.lookups[0]?.ms).toBeGreaterThan(0.8 * STAGE_MS);
  expect(ends(of(round, "v6"))).toEqual(["tcp timeout"]);
});

test("an AAAA answer that a DNS64 made of the A record is no IPv6 address", async () => {
  const sim = await aSite();
  sim.dns.place("auth.docker.io", { a: ["203.0.113.20"], aaaa: ["2001:db8:64::cb00:7114"] });

  const round = await probe(sim, [TOKEN]);

  const look = round.lookups.find(({ family }) => family === "v6");
  expect(look).toMatchObject({ outcome: "nodata", addresses: [] });
  expect(look?.detail).toContain("DNS64");
  expect(of(round, "v6")).toEqual([]);
});

test("without any answer of DNS the sources are those of the way out", async () => {
  const sim = await aSite({ sources: { v4: null, v6: "2001:db8:10::2" } });
  sim.dns.mode("*", "servfail");

  const round = await probe(sim);

  expect(round.lookedFrom.sources).toEqual({ v4: null, v6: "2001:db8:10::/64" });
});
