import { expect, onTestFinished, test } from "vitest";
import { quotaIn } from "../../../agent/probe/quota.ts";
import { labCertificates } from "../../../sim/network/certificates.ts";
import { quickNetwork } from "../../support/quick-network.ts";
import { startNetwork, type NetworkSim } from "../../../sim/network/start.ts";

const certificates = await labCertificates();

async function aSite(): Promise<NetworkSim> {
  const sim = await startNetwork({ certificates });
  onTestFinished(() => sim.close());
  return sim;
}

const HUB = [{ host: "registry-1.docker.io", role: "registry" }] as const;

test.each([
  [
    { limit: 100, remaining: 20 },
    { state: "left", left: 20, limit: 100, windowS: 21_600 },
  ],
  [
    { limit: 100, remaining: 0 },
    { state: "exhausted", limit: 100, windowS: 21_600 },
  ],
  ["blocked", { state: "exhausted" }],
  ["unlimited", { state: "unlimited" }],
] as const)("a quota of %j reads as %j", async (quota, expected) => {
  const sim = await aSite();
  sim.servers.behaviour.quota = quota;

  const round = await quickNetwork(sim).probe(HUB);

  expect(round.quota).toEqual(expected);
});

test("the quota is read over IPv4 alone, and no manifest is fetched for it", async () => {
  const sim = await aSite();

  await quickNetwork(sim).probe(HUB);

  const asked = sim.servers.hits.filter((hit) => /manifests|ratelimitpreview/.test(hit.path));
  expect(asked.map((hit) => `${hit.family} ${hit.method} ${hit.host}`)).toEqual([
    "v4 GET auth.docker.io",
    "v4 HEAD registry-1.docker.io",
  ]);
});

test("the quota of another registry is not measured", async () => {
  const sim = await aSite();

  const round = await quickNetwork(sim).probe([{ host: "ghcr.io", role: "registry" }]);

  expect(round.quota).toEqual({ state: "unknown", why: "not measured" });
});

test("a quota that cannot be read is unknown and says why", async () => {
  const sim = await aSite();
  sim.servers.behaviour.status.set("auth.docker.io", 503);

  const round = await quickNetwork(sim).probe(HUB);

  expect(round.quota).toEqual({
    state: "unknown",
    why: "GET https://auth.docker.io/token?service=registry.docker.io&scope=repository:ratelimitpreview/test:pull: 503",
  });
});

test("a dead IPv4 path leaves the quota unknown", async () => {
  const sim = await aSite();
  sim.gateway.faults.add({ to: "0.0.0.0/0", kind: "tls-stall" });

  const round = await quickNetwork(sim, { roundSlackMs: 100 }).probe(HUB);

  expect(round.quota).toEqual({
    state: "unknown",
    why: "auth.docker.io over IPv4: the round ended first",
    cut: true,
    unanswered: "auth.docker.io",
  });
});

test.each([
  [200, { "ratelimit-limit": "100;w=21600" }, "unknown"],
  [200, { "ratelimit-limit": "100", "ratelimit-remaining": "7" }, "left"],
  [200, { "ratelimit-limit": "many", "ratelimit-remaining": "some" }, "unknown"],
  [401, {}, "unknown"],
  [500, { "ratelimit-remaining": "5;w=21600" }, "unknown"],
])("a HEAD that answers %i with %j is %s", (status, headers, state) => {
  expect(quotaIn({ status, headers }).state).toBe(state);
});
