import { expect, test } from "vitest";
import type { Fault } from "../../sim/network/faults.ts";
import { hostAt } from "../../sim/network/places.ts";
import type { PullResult } from "../../sim/network/image-client.ts";
import { QUICK_PULL } from "../support/quick-network.ts";
import { aNetwork, cause, HEAD, HUB_V6 } from "../support/a-network.ts";

function families(pull: PullResult): string[] {
  return pull.ok ? [...new Set(pull.steps.map((step) => `${step.step} ${step.family}`))] : [];
}

test("a pull on a healthy path takes IPv6 in every step", async () => {
  const sim = await aNetwork();

  const pull = await sim.pull("x:1");

  expect(families(pull)).toEqual([
    "resolve v6",
    "token v6",
    "manifest v6",
    "redirect v6",
    "blob v6",
  ]);
});

// As a real containerd's requests were seen in the network lab.
test("a pull asks what containerd asks, with a token of its own for each of its two halves", async () => {
  const sim = await aNetwork();

  await sim.pull("x:1");

  const asked = sim.servers.hits.map(({ method, host, path }) =>
    [method, host.split(".")[0], path.replace(/\?.*/, "").split("/").at(-2)].join(" "),
  );
  expect(asked.slice(0, 6)).toEqual([
    "HEAD registry-1 manifests",
    "GET auth ",
    "HEAD registry-1 manifests",
    "GET registry-1 manifests",
    "GET auth ",
    "GET registry-1 manifests",
  ]);
  expect(asked.slice(6).toSorted()).toMatchObject([
    expect.stringContaining("GET production"),
    expect.stringContaining("GET production"),
    "GET registry-1 blobs",
    "GET registry-1 blobs",
  ]);
});

test("each half of a pull opens one connection to a host and uses it again", async () => {
  const sim = await aNetwork();

  await sim.pull("x:1");

  const dialled = sim.gateway.dials.map(({ address }) => hostAt(address));
  expect(dialled.slice(0, 4)).toEqual([
    "registry-1.docker.io",
    "auth.docker.io",
    "registry-1.docker.io",
    "auth.docker.io",
  ]);
});

test("a pull from ghcr.io, which has no IPv6, takes IPv4 at the registry", async () => {
  const sim = await aNetwork();

  const pull = await sim.pull("ghcr.io/some/app:2");

  expect(families(pull).slice(0, 3)).toEqual(["resolve v4", "token v4", "manifest v4"]);
});

test("a pull from registry.k8s.io needs no token", async () => {
  const sim = await aNetwork();

  const pull = await sim.pull("registry.k8s.io/pause:3.10");

  expect(families(pull)).toEqual(["resolve v6", "manifest v6", "redirect v6", "blob v6"]);
});

const RESOLVE = 'failed to resolve reference "docker.io/library/x:1": ';
test.each<[string, Fault["kind"], string]>([
  ["a TLS stall", "tls-stall", "net/http: TLS handshake timeout"],
  ["lost large packets", "large-hello-stall", "net/http: TLS handshake timeout"],
  ["an HTTP stall", "http-stall", "net/http: timeout awaiting response headers"],
  [
    "a reset",
    "reset",
    `read tcp [2001:db8:10::2]:PORT->[${HUB_V6}]:443: read: connection reset by peer`,
  ],
  [
    "a wrong certificate",
    "wrong-certificate",
    "tls: failed to verify certificate: x509: certificate is valid for wrong.example, not registry-1.docker.io",
  ],
])("%s on IPv6 fails the pull in containerd's words", async (_, kind, text) => {
  const sim = await aNetwork();
  sim.gateway.faults.add({ to: "2600:1f18::/32", kind });

  const pull = await sim.pull("x:1");

  expect(cause(pull)).toBe(`${RESOLVE}failed to do request: ${HEAD}: ${text}`);
});

test.each<Fault["kind"]>(["tcp-drop", "tcp-refuse", "unreachable"])(
  "%s on IPv6 alone does not fail a pull: clients fall back on TCP",
  async (kind) => {
    const sim = await aNetwork();
    sim.gateway.faults.add({ to: "2600:1f18::/32", kind });

    const pull = await sim.pull("x:1");

    expect(families(pull)).toContain("manifest v4");
  },
);

test.each([
  ["icmp-address-unreachable", "connect: no route to host"],
  ["icmp-no-route", "connect: network is unreachable"],
  ["icmp-admin-prohibited", "connect: permission denied"],
  ["tcp-reset", "connect: connection refused"],
])("with IPv6 rejected by %s and IPv4 dead the message blames IPv6", async (kind, text) => {
  const sim = await aNetwork({ firewall: () => ({ verdict: "reject", with: kind }) });
  sim.gateway.faults.add({ to: "203.0.113.10", kind: "tcp-drop" });

  const pull = await sim.pull("x:1");

  expect(cause(pull)).toBe(
    `${RESOLVE}failed to do request: ${HEAD}: dial tcp [${HUB_V6}]:443: ${text}`,
  );
});

test("with both families silent the dial of all addresses ends at its one limit", async () => {
  const sim = await aNetwork();
  sim.gateway.faults.add({ to: "203.0.113.10", kind: "tcp-drop" });
  sim.gateway.faults.add({ to: "2600:1f18::/32", kind: "tcp-drop" });
  const startedAt = performance.now();

  const pull = await sim.pull("x:1");

  expect(cause(pull)).toBe(
    `${RESOLVE}failed to do request: ${HEAD}: dial tcp [${HUB_V6}]:443: i/o timeout`,
  );
  expect(performance.now() - startedAt).toBeLessThan(2 * QUICK_PULL.dialTimeoutMs);
});

test("a node without IPv6 pulls over IPv4 although IPv6 stalls", async () => {
  const sim = await aNetwork({ sources: { v4: "10.10.0.2", v6: null } });
  sim.gateway.faults.add({ to: "::/0", kind: "tls-stall" });

  const pull = await sim.pull("x:1");

  expect(families(pull)).toContain("blob v4");
});

test.each([
  ["nxdomain", "lookup registry-1.docker.io on 203.0.113.53:53: no such host"],
  ["servfail", "lookup registry-1.docker.io on 203.0.113.53:53: server misbehaving"],
  [
    "drop",
    "lookup registry-1.docker.io on 203.0.113.53:53: read udp 10.10.0.2:PORT->203.0.113.53:53: i/o timeout",
  ],
] as const)("a resolver in mode %s fails the pull as %s", async (mode, text) => {
  const sim = await aNetwork();
  sim.dns.mode("registry-1.docker.io", mode);

  const pull = await sim.pull("x:1");

  expect(cause(pull)).toBe(`${RESOLVE}failed to do request: ${HEAD}: dial tcp: ${text}`);
});

test("without AAAA a pull takes IPv4 although IPv6 stalls", async () => {
  const sim = await aNetwork();
  sim.gateway.faults.add({ to: "2600:1f18::/32", kind: "tls-stall" });
  for (const host of ["registry-1.docker.io", "auth.docker.io"])
    sim.dns.mode(host, "nodata", "AAAA");

  const pull = await sim.pull("x:1");

  expect(families(pull)).toContain("token v4");
});

test.each([
  [503, "503 Service Unavailable"],
  [429, "429 Too Many Requests"],
])("a registry that answers %i fails the pull with that status", async (status, text) => {
  const sim = await aNetwork();
  sim.servers.behaviour.status.set("registry-1.docker.io", status);

  const pull = await sim.pull("x:1");

  expect(cause(pull)).toBe(
    `${RESOLVE}unexpected status from HEAD request to https://registry-1.docker.io/v2/library/x/manifests/1: ${text}`,
  );
});

test("a used-up quota stops the pull at the manifest's GET, with the server's message", async () => {
  const sim = await aNetwork();
  sim.servers.behaviour.quota = { limit: 100, remaining: 0 };

  const pull = await sim.pull("x:1");

  expect(cause(pull)).toMatch(
    /^failed to copy: httpReadSeeker: failed open: unexpected status code https:\/\/registry-1\.docker\.io\/v2\/library\/x\/manifests\/sha256:[0-9a-f]{64}: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit\./,
  );
});

test("an image that does not exist is not found", async () => {
  const sim = await aNetwork();
  sim.servers.behaviour.missing.add("library/x:1");

  const pull = await sim.pull("x:1");

  expect(cause(pull)).toBe(`${RESOLVE}docker.io/library/x:1: not found`);
});

test("a token host whose IPv6 stalls fails the pull at the token", async () => {
  const sim = await aNetwork();
  sim.gateway.faults.add({ to: "2600:1f18:2148:bc02::20", kind: "tls-stall" });

  const pull = await sim.pull("x:1");

  expect(cause(pull)).toBe(
    `${RESOLVE}failed to authorize: failed to fetch anonymous token: Get "https://auth.docker.io/token?scope=repository%3Alibrary%2Fx%3Apull&service=registry.docker.io": net/http: TLS handshake timeout`,
  );
});

test("a blob host whose IPv6 stalls fails the pull after the manifest", async () => {
  const sim = await aNetwork();
  sim.gateway.faults.add({ to: "2606:4700::/32", kind: "tls-stall" });

  const pull = await sim.pull("x:1");

  expect(cause(pull)).toMatch(
    /^failed to copy: httpReadSeeker: failed open: failed to do request: Get "https:\/\/production\.cloudflare\.docker\.com\/\S+": net\/http: TLS handshake timeout$/,
  );
});
