import { expect, onTestFinished, test } from "vitest";
import { labCertificates } from "../../../sim/network/certificates.ts";
import { quickNetwork } from "../../support/quick-network.ts";
import { startNetwork, type NetworkSim } from "../../../sim/network/start.ts";

const certificates = await labCertificates();

async function aSite(): Promise<NetworkSim> {
  const sim = await startNetwork({ certificates });
  onTestFinished(() => sim.close());
  return sim;
}

test("a lifeline has its IPv6 addresses and whether IPv4 to it works", async () => {
  const sim = await aSite();
  sim.gateway.faults.add({ to: "203.0.113.50", kind: "tcp-drop" });
  const lifelines = [
    { what: "worker", host: "one.one.one.one", port: 443 },
    { what: "api-server", host: "registry.k8s.io", port: 443 },
  ];

  const found = await quickNetwork(sim, { lifelines }).lifelines();

  expect(found.slice(0, 2)).toEqual([
    { what: "worker", host: "one.one.one.one", v6: ["2606:4700:4700::1111"], v4Works: true },
    { what: "api-server", host: "registry.k8s.io", v6: ["2600:1901:0:1013::50"], v4Works: false },
  ]);
});

test.each(["servfail", "drop"] as const)(
  "a lifeline whose AAAA record is not given (%s) may be anywhere",
  async (mode) => {
    const sim = await aSite();
    sim.dns.mode("registry.k8s.io", mode, "AAAA");
    const lifelines = [{ what: "api-server", host: "registry.k8s.io", port: 443 }];

    const [found] = await quickNetwork(sim, { lifelines }).lifelines();

    expect(found).toMatchObject({ v6: [], v6Unknown: true });
  },
);

test("a literal host needs no DNS, and a literal IPv6 host has no IPv4", async () => {
  const sim = await aSite();
  const lifelines = [
    { what: "router", host: "127.0.0.1", port: sim.gatewayPort },
    { what: "api-server", host: "2001:db8::6", port: 6443 },
  ];

  const found = await quickNetwork(sim, { lifelines }).lifelines();

  expect(found.slice(0, 2)).toEqual([
    { what: "router", host: "127.0.0.1", v6: [], v4Works: true },
    { what: "api-server", host: "2001:db8::6", v6: ["2001:db8::6"], v4Works: false },
  ]);
});

test("the resolvers are lifelines; one works if it answers", async () => {
  const sim = await aSite();
  const dnsServers = [`127.0.0.1:${sim.dnsPort}`, "[2001:db8::53]:53"];

  const found = await quickNetwork(sim, { dnsServers }).lifelines();

  expect(found).toEqual([
    { what: "resolver", host: "127.0.0.1", v6: [], v4Works: true },
    { what: "resolver", host: "2001:db8::53", v6: ["2001:db8::53"], v4Works: false },
  ]);
});
