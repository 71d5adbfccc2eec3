// What a job, an image or a message names is dialled on the Internet only: the site's own addresses
// are refused before anything is sent, unless the settings name them.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { stateOf } from "../../../agent/diagnosis/family-state.ts";
import type { Dialer } from "../../../agent/probe/dialer.ts";
import { createNetwork, type NetworkOptions } from "../../../agent/probe/network.ts";
import { networkOf } from "../../../agent/settings/network.ts";
import { settingsOf } from "../../support/a-policy.ts";

const HOST = "registry.example";

/** A host that this address is listed for; what was dialled for it. */
function aSite(address: string, listed = HOST) {
  const folder = mkdtempSync(join(tmpdir(), "backon-inside-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const hostsFile = join(folder, "hosts");
  writeFileSync(hostsFile, `${address} ${listed}\n`);
  const dialled: string[] = [];
  const dialer: Dialer = {
    source: async (to) => to,
    connect: async ({ address: to }) => {
      dialled.push(to);
      throw Object.assign(new Error("nobody listens"), { code: "ECONNREFUSED" });
    },
  };
  return { hostsFile, dialled, dialer };
}

function network(site: ReturnType<typeof aSite>, changes: Partial<NetworkOptions> = {}) {
  return createNetwork({
    dialer: site.dialer,
    dnsServers: ["127.0.0.1:9"],
    hostsFile: site.hostsFile,
    extraCaPem: null,
    node: null,
    lifelines: [],
    dnsTimeoutMs: 50,
    tcpTimeoutMs: 500,
    tlsTimeoutMs: 500,
    httpTimeoutMs: 500,
    tryGapMs: 1,
    verifyGapMs: 1,
    ...changes,
  });
}

const INSIDE = `
127.0.0.1 127.8.9.10 169.254.169.254 10.0.0.1 172.16.0.1 172.31.255.254 192.168.88.1 100.64.0.1
100.127.255.254 224.0.0.1 239.1.2.3 0.0.0.0 255.255.255.255 240.0.0.1 192.0.0.1 198.18.0.1
::1 :: fd00::1 fc00::1 ff02::1 fec0::1 100::1 ::7f00:1 2002:7f00:1:: 2002:c0a8:5801::1
::ffff:0:10.0.0.1`
  .trim()
  .split(/\s+/);

test.each(INSIDE)("a registry at %s is not dialled, and the reading says why", async (address) => {
  const site = aSite(address);

  const { readings } = await network(site).probe([{ host: HOST, role: "registry" }]);

  expect(site.dialled).toEqual([]);
  expect(readings).toHaveLength(3);
  for (const reading of readings) {
    expect(reading).toMatchObject({ reached: "nothing", outcome: "failed" });
    expect(reading.detail).toMatch(/^not dialled: .*inside the site.*PRIVATE_REGISTRIES$/);
  }
});

test.each(["::ffff:127.0.0.1", "::ffff:a00:1", "64:ff9b::7f00:1", "64:ff9b:1::1"])(
  "%s, which stands for IPv4, is not dialled",
  async (address) => {
    const site = aSite(address);
    await network(site).probe([{ host: HOST, role: "registry" }]);
    expect(site.dialled).toEqual([]);
  },
);

test.each(["169.254.169.254", "[::1]", "::1", "[fd00::1]"])(
  "the literal address %s as a host is not dialled",
  async (host) => {
    const site = aSite("203.0.113.1");
    await network(site).probe([{ host, role: "registry" }]);
    expect(site.dialled).toEqual([]);
  },
);

test("such readings are no state that a rule may follow", () => {
  const reading = { host: HOST, role: "registry", family: "v6", address: "fd00::1" } as const;
  const tries = [1, 2, 3].map(
    (number) =>
      ({ ...reading, try: number, reached: "nothing", outcome: "failed", ms: {} }) as const,
  );
  expect(stateOf(tries)).toBe("mixed");
});

test.each(["203.0.113.7", "198.51.100.7", "192.0.2.7", "2001:db8::7", "2600:1f18::7", "8.8.8.8"])(
  "a registry at %s is dialled",
  async (address) => {
    const site = aSite(address);
    await network(site).probe([{ host: HOST, role: "registry" }]);
    expect(new Set(site.dialled)).toEqual(new Set([address]));
  },
);

describe("dialled all the same", () => {
  test.each([
    ["192.168.88.5", "192.168.88.0/24"],
    ["fd12::5", "fd12::/64"],
  ])("%s, where PRIVATE_REGISTRIES names %s", async (address, allowed) => {
    const site = aSite(address);
    await network(site, { privateNetworks: [allowed] }).probe([{ host: HOST, role: "registry" }]);
    expect(site.dialled.length).toBeGreaterThan(0);
  });

  test("but not what lies beside those networks", async () => {
    const site = aSite("192.168.89.5");
    const changes = { privateNetworks: ["192.168.88.0/24", "fd12::/64"] };
    await network(site, changes).probe([{ host: HOST, role: "registry" }]);
    expect(site.dialled).toEqual([]);
  });

  test.each([
    ["RULE_HOSTS", HOST],
    ["BLOB_HOSTS", HOST],
    ["IPV6_CONTROLS", `${HOST},other.example`],
    ["IPV4_CONTROL", HOST],
  ])("a host that %s names", async (name, value) => {
    const site = aSite("10.0.0.5");
    const settings = settingsOf({ [name]: value, HOSTS_FILE: site.hostsFile, TRY_GAP_MS: "1" });
    await networkOf(settings, site.dialer).probe([{ host: HOST, role: "registry" }]);
    expect(site.dialled.length).toBeGreaterThan(0);
  });
});

describe("at addresses of the Internet, too", () => {
  const places = { what: "router", host: "router.example", port: 443 };

  test("the router is not dialled as a registry", async () => {
    const site = aSite("203.0.113.1", `${HOST} router.example`);
    const { readings } = await network(site, { lifelines: [places] }).probe([
      { host: HOST, role: "registry" },
    ]);
    expect(site.dialled).toEqual([]);
    expect(readings[0]?.detail).toContain("203.0.113.1 is the router");
  });

  test("the API server is not dialled as a registry", async () => {
    const site = aSite("2001:db8::6");
    const api = { what: "API server", host: "2001:db8:0:0::6", port: 6443 };
    await network(site, { lifelines: [api] }).probe([{ host: HOST, role: "registry" }]);
    expect(site.dialled).toEqual([]);
  });

  test.each(["registry.apps.svc.cluster.local", "registry.apps.svc", "A.SVC.Cluster.Local."])(
    "%s, a service of the cluster, is not dialled",
    async (host) => {
      const site = aSite("203.0.113.1", host.toLowerCase());
      await network(site).probe([{ host, role: "registry" }]);
      expect(site.dialled).toEqual([]);
    },
  );

  test("an address of this node is not dialled", async () => {
    const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
    const site = aSite(own[0]?.address ?? "127.0.0.1");
    await network(site).probe([{ host: HOST, role: "registry" }]);
    expect(site.dialled).toEqual([]);
  });
});

test("the second look and the dials of clients are held to the same", async () => {
  const site = aSite("10.0.0.5");
  const verified = await network(site).verify({
    blocked: [{ host: HOST, address: "fd00::5" }],
    hosts: [HOST],
    controls: [HOST],
  });
  expect(site.dialled).toEqual([]);
  expect(verified.blocked[0]).toMatchObject({ blocked: false });
  expect(verified.dials[0]).toMatchObject({ outcome: "failed" });
});

test("a name that leads inside only when it is asked again is not dialled there", async () => {
  const site = aSite("203.0.113.1");
  const towards = network(site);
  await towards.probe([{ host: HOST, role: "registry" }]);
  writeFileSync(site.hostsFile, `127.0.0.1 ${HOST}\n`);
  await towards.verify({ blocked: [], hosts: [HOST], controls: [] });
  expect(new Set(site.dialled)).toEqual(new Set(["203.0.113.1"]));
});
