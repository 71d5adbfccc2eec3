// Behind the rule: the simulated router rejects IPv6 but from the ports that the rule leaves out.
import { expect, onTestFinished, test } from "vitest";
import { isMeasured } from "../../../agent/plan/healing.ts";
import type { Dialer } from "../../../agent/probe/dialer.ts";
import { TEST_PORTS } from "../../../agent/ports/test-ports.ts";
import type { Reading } from "../../../src/protocol/round.ts";
import { labCertificates } from "../../../sim/network/certificates.ts";
import { quickNetwork } from "../../support/quick-network.ts";
import { startNetwork, type NetworkSim } from "../../../sim/network/start.ts";
import type { Packet } from "../../../sim/packet.ts";

const certificates = await labCertificates();
const HUB = "registry-1.docker.io";
const TOKEN = "auth.docker.io";

const isTest = ({ srcPort = 0 }: Packet): boolean =>
  srcPort >= TEST_PORTS.from && srcPort <= TEST_PORTS.to;

/** The rule with its hole stands; `packets` collects the source ports of what it let through. */
async function aRuledSite(packets: number[] = []): Promise<NetworkSim> {
  const sim = await startNetwork({
    certificates,
    firewall: (packet) => {
      if (packet.family === "v4") return { verdict: "accept" };
      if (!isTest(packet)) return { verdict: "reject", with: "icmp-address-unreachable" };
      if (packet.syn) packets.push(packet.srcPort ?? 0);
      return { verdict: "accept" };
    },
  });
  onTestFinished(() => sim.close());
  return sim;
}

/** Every dial ends at once with this code; `seen` is told address and source port of each. */
function refusing(code: string, seen: (dial: string) => void = () => {}): Dialer {
  return {
    connect: async ({ address, fromPort }) => {
      seen(`${address} from ${fromPort}`);
      throw Object.assign(new Error(code), { code });
    },
    source: async () => "2001:db8:10::2",
  };
}

const ends = (readings: readonly Reading[]): string[] => [
  ...new Set(readings.map(({ family, outcome }) => `${family} ${outcome}`)),
];

test("a healed path answers every try, though the rule stands", async () => {
  const ports: number[] = [];
  const sim = await aRuledSite(ports);

  const readings = await quickNetwork(sim).throughTestPorts([HUB, TOKEN]);

  expect(ends(readings)).toEqual(["v6 ok"]);
  expect(readings).toHaveLength(9);
  expect(new Set(ports).size).toBe(9);
});

test("a path that still stalls is seen behind the rule", async () => {
  const sim = await aRuledSite();
  sim.gateway.faults.add({ to: "2600:1f18::/32", kind: "tls-stall" });

  expect(ends(await quickNetwork(sim).throughTestPorts([HUB]))).toEqual(["v6 timeout"]);
});

test("the time that a slow resolver takes is not taken from the tries", async () => {
  const sim = await aRuledSite();
  sim.dns.mode(HUB, "drop", "A");
  const network = quickNetwork(sim, { dnsTimeoutMs: 1_200, roundSlackMs: 0 });

  expect(ends(await network.throughTestPorts([HUB]))).toEqual(["v6 ok"]);
});

test("the last try has its whole time too", async () => {
  const sim = await aRuledSite();
  const network = quickNetwork(sim, { tryGapMs: 400, roundSlackMs: 0 });

  expect(ends(await network.throughTestPorts([TOKEN]))).toEqual(["v6 ok"]);
});

test("a host without an IPv6 address gives no reading", async () => {
  const sim = await aRuledSite();

  expect(await quickNetwork(sim).throughTestPorts(["ghcr.io"])).toEqual([]);
});

test("hosts that share addresses share no port at any of them", async () => {
  const sim = await aRuledSite();
  const aaaa = ["2600:1f18::1", "2600:1f18::2", "2600:1f18::3"];
  for (const host of [HUB, TOKEN]) sim.dns.place(host, { a: [], aaaa });
  const dials: string[] = [];
  const dialer = refusing("ECONNREFUSED", (dial) => dials.push(dial));

  await quickNetwork(sim, { dialer }).throughTestPorts([HUB, TOKEN]);

  expect(dials).toHaveLength(18);
  expect(new Set(dials).size).toBe(18);
});

test.each(["EADDRINUSE", "EADDRNOTAVAIL"])(
  "a port that is still taken (%s) says nothing about the path",
  async (code) => {
    const sim = await aRuledSite();

    const readings = await quickNetwork(sim, { dialer: refusing(code) }).throughTestPorts([TOKEN]);

    expect(isMeasured([TOKEN], readings)).toBe(false);
    expect(readings[0]).toMatchObject({
      outcome: "failed",
      detail: `test port busy: 61990 (${code})`,
    });
  },
);

test("IPv4 is asked once a host, and one that fails is named", async () => {
  const sim = await aRuledSite();
  const network = quickNetwork(sim);

  const before = await network.failingOverIpv4([HUB, TOKEN]);
  sim.gateway.faults.add({ to: "203.0.113.20", kind: "tcp-drop" });

  expect(before).toEqual([]);
  expect(await network.failingOverIpv4([HUB, TOKEN])).toMatchObject([
    { host: TOKEN, address: "203.0.113.20", family: "v4", reached: "nothing", outcome: "timeout" },
  ]);
});

test("a host without an IPv4 address fails over IPv4", async () => {
  const sim = await aRuledSite();
  sim.dns.mode(HUB, "nodata", "A");

  expect(await quickNetwork(sim).failingOverIpv4([HUB])).toMatchObject([
    { host: HUB, outcome: "failed", detail: "no address: A nodata" },
  ]);
});
