import { createHash } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { exchange, type Answer, type Ask } from "../../agent/probe/exchange.ts";
import { handshake, trustOf } from "../../agent/probe/handshake.ts";
import { labCertificates } from "./network/certificates.ts";
import { covers, type Fault } from "./network/faults.ts";
import type { Packet, Verdict } from "./packet.ts";
import { imageReference } from "./network/image-reference.ts";
import type { PullResult } from "./network/image-client.ts";
import { QUICK_PULL } from "./network/quick-network.ts";
import { startNetwork, type NetworkSim, type NetworkSimOptions } from "./network/start.ts";

const certificates = await labCertificates();
const never = new AbortController().signal;
const HUB_V6 = "2600:1f18:2148:bc00::10";
const HEAD = 'Head "https://registry-1.docker.io/v2/library/x/manifests/1"';

async function aSite(options: NetworkSimOptions = {}): Promise<NetworkSim> {
  const sim = await startNetwork({ certificates, pullLimits: QUICK_PULL, ...options });
  onTestFinished(() => sim.close());
  return sim;
}

function families(pull: PullResult): string[] {
  return pull.ok ? [...new Set(pull.steps.map((step) => `${step.step} ${step.family}`))] : [];
}

/** The message without the part that each pull of x:1 begins with. */
function cause(pull: PullResult): string {
  const wrapper = 'failed to pull and unpack image "docker.io/library/x:1": ';
  return pull.ok ? "pulled" : pull.message.replace(wrapper, "").replace(/\]:\d+->/, "]:PORT->");
}

async function ask(sim: NetworkSim, address: string, question: Ask): Promise<Answer> {
  const connection = await sim.dialer.connect(address, 443, never);
  try {
    const { socket } = await handshake(connection, question.host, trustOf(sim.caPem), never);
    return await exchange(socket, question, 100_000, never);
  } finally {
    connection.destroy();
  }
}

test("a pull on a healthy path takes IPv6 in every step", async () => {
  const sim = await aSite();

  const pull = await sim.pull("x:1");

  expect(families(pull)).toEqual([
    "resolve v6",
    "token v6",
    "manifest v6",
    "redirect v6",
    "blob v6",
  ]);
});

test("a pull from ghcr.io, which has no IPv6, takes IPv4 at the registry", async () => {
  const sim = await aSite();

  const pull = await sim.pull("ghcr.io/some/app:2");

  expect(families(pull).slice(0, 3)).toEqual(["resolve v4", "token v4", "manifest v4"]);
});

test("a pull from registry.k8s.io needs no token", async () => {
  const sim = await aSite();

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
  const sim = await aSite();
  sim.gateway.faults.add({ to: "2600:1f18::/32", kind });

  const pull = await sim.pull("x:1");

  expect(cause(pull)).toBe(`${RESOLVE}failed to do request: ${HEAD}: ${text}`);
});

test.each<Fault["kind"]>(["tcp-drop", "tcp-refuse", "unreachable"])(
  "%s on IPv6 alone does not fail a pull: clients fall back on TCP",
  async (kind) => {
    const sim = await aSite();
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
  const sim = await aSite({ firewall: () => ({ verdict: "reject", with: kind }) });
  sim.gateway.faults.add({ to: "203.0.113.10", kind: "tcp-drop" });

  const pull = await sim.pull("x:1");

  expect(cause(pull)).toBe(
    `${RESOLVE}failed to do request: ${HEAD}: dial tcp [${HUB_V6}]:443: ${text}`,
  );
});

test("with both families silent the dial of all addresses ends at its one limit", async () => {
  const sim = await aSite();
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
  const sim = await aSite({ sources: { v4: "10.10.0.2", v6: null } });
  sim.gateway.faults.add({ to: "::/0", kind: "tls-stall" });

  const pull = await sim.pull("x:1");

  expect(families(pull)).toContain("blob v4");
});

test.each([
  ["nxdomain", "lookup registry-1.docker.io on 203.0.113.53:53: no such host"],
  ["servfail", "lookup registry-1.docker.io on 203.0.113.53:53: server misbehaving"],
  [
    "drop",
    "lookup registry-1.docker.io on 203.0.113.53:53: read udp 10.10.0.2:40961->203.0.113.53:53: i/o timeout",
  ],
] as const)("a resolver in mode %s fails the pull as %s", async (mode, text) => {
  const sim = await aSite();
  sim.dns.mode("registry-1.docker.io", mode);

  const pull = await sim.pull("x:1");

  expect(cause(pull)).toBe(`${RESOLVE}failed to do request: ${HEAD}: dial tcp: ${text}`);
});

test("without AAAA a pull takes IPv4 although IPv6 stalls", async () => {
  const sim = await aSite();
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
  const sim = await aSite();
  sim.servers.behaviour.status.set("registry-1.docker.io", status);

  const pull = await sim.pull("x:1");

  expect(cause(pull)).toBe(
    `${RESOLVE}unexpected status from HEAD request to https://registry-1.docker.io/v2/library/x/manifests/1: ${text}`,
  );
});

test("a used-up quota stops the pull at the manifest's GET, with the server's message", async () => {
  const sim = await aSite();
  sim.servers.behaviour.quota = { limit: 100, remaining: 0 };

  const pull = await sim.pull("x:1");

  expect(cause(pull)).toMatch(
    /^failed to copy: httpReadSeeker: failed open: unexpected status code https:\/\/registry-1\.docker\.io\/v2\/library\/x\/manifests\/sha256:[0-9a-f]{64}: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit\./,
  );
});

test("an image that does not exist is not found", async () => {
  const sim = await aSite();
  sim.servers.behaviour.missing.add("library/x:1");

  const pull = await sim.pull("x:1");

  expect(cause(pull)).toBe(`${RESOLVE}docker.io/library/x:1: not found`);
});

test("a token host whose IPv6 stalls fails the pull at the token", async () => {
  const sim = await aSite();
  sim.gateway.faults.add({ to: "2600:1f18:2148:bc02::20", kind: "tls-stall" });

  const pull = await sim.pull("x:1");

  expect(cause(pull)).toBe(
    `${RESOLVE}failed to authorize: failed to fetch anonymous token: Get "https://auth.docker.io/token?scope=repository%3Alibrary%2Fx%3Apull&service=registry.docker.io": net/http: TLS handshake timeout`,
  );
});

test("a blob host whose IPv6 stalls fails the pull after the manifest", async () => {
  const sim = await aSite();
  sim.gateway.faults.add({ to: "2606:4700::/32", kind: "tls-stall" });

  const pull = await sim.pull("x:1");

  expect(cause(pull)).toMatch(
    /^failed to copy: httpReadSeeker: failed open: failed to do request: Get "https:\/\/production\.cloudflare\.docker\.com\/\S+": net\/http: TLS handshake timeout$/,
  );
});

test("the firewall sees each SYN of IPv6 and no packet of IPv4", async () => {
  const packets: Packet[] = [];
  const sim = await aSite({
    firewall: (packet) => {
      packets.push(packet);
      return { verdict: "reject", with: "icmp-address-unreachable" };
    },
  });

  await sim.pull("ghcr.io/some/app:2");

  expect(packets[0]).toEqual({
    chain: "forward",
    family: "v6",
    dstAddress: "2606:4700::6810:30",
    dstPort: 443,
    protocol: "tcp",
    syn: true,
    ack: false,
    srcPort: expect.any(Number),
  });
  expect(packets.every((packet) => packet.family === "v6" && packet.syn)).toBe(true);
});

test.each<[Verdict, RegExp]>([
  [{ verdict: "reject", with: "icmp-address-unreachable" }, /aborted/],
  [{ verdict: "drop" }, /aborted/],
  [{ verdict: "reject", with: "tcp-reset" }, /ECONNRESET/],
])("an open connection that meets %j ends with %s", async (verdict, end) => {
  let now: Verdict = { verdict: "accept" };
  const sim = await aSite({ firewall: () => now });
  const connection = await sim.dialer.connect(HUB_V6, 443, never);
  now = verdict;

  const shaken = handshake(
    connection,
    "registry-1.docker.io",
    trustOf(sim.caPem),
    AbortSignal.timeout(150),
  );

  await expect(shaken).rejects.toThrow(end);
});

test("a rule that rejects new connections only leaves open ones alone", async () => {
  let closed = false;
  const sim = await aSite({
    firewall: ({ syn }) =>
      closed && syn ? { verdict: "reject", with: "tcp-reset" } : { verdict: "accept" },
  });
  const connection = await sim.dialer.connect(HUB_V6, 443, never);
  closed = true;

  const shaken = await handshake(connection, "registry-1.docker.io", trustOf(sim.caPem), never);

  expect(shaken.certificateFault).toBeNull();
  shaken.socket.destroy();
});

test("a fault counts from when it is added until it is taken back", async () => {
  const sim = await aSite();
  const takeBack = sim.gateway.faults.add({ to: HUB_V6, kind: "tcp-refuse" });
  await expect(sim.dialer.connect(HUB_V6, 443, never)).rejects.toMatchObject({
    code: "ECONNREFUSED",
    address: HUB_V6,
  });

  takeBack();

  const socket = await sim.dialer.connect(HUB_V6, 443, never);
  socket.destroy();
});

test("an address where nothing is gets no answer but an error", async () => {
  const sim = await aSite();

  const dial = sim.dialer.connect("2001:db8:ffff::1", 443, never);

  await expect(dial).rejects.toMatchObject({ code: "EHOSTUNREACH" });
});

test("the log says over which family and address each request came", async () => {
  const sim = await aSite();

  await ask(sim, HUB_V6, { method: "GET", host: "registry-1.docker.io", path: "/v2/" });

  expect(sim.servers.hits).toEqual([
    {
      family: "v6",
      address: HUB_V6,
      host: "registry-1.docker.io",
      method: "GET",
      path: "/v2/",
      at: expect.any(Number),
    },
  ]);
});

test("a registry says where to fetch a token", async () => {
  const sim = await aSite();

  const answer = await ask(sim, "203.0.113.10", {
    method: "GET",
    host: "registry-1.docker.io",
    path: "/v2/",
  });

  expect(answer.status).toBe(401);
  expect(answer.headers["www-authenticate"]).toBe(
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io"',
  );
});

test("a manifest has the digest that its header says", async () => {
  const sim = await aSite();

  const answer = await ask(sim, "203.0.113.10", {
    method: "GET",
    host: "registry-1.docker.io",
    path: "/v2/library/x/manifests/1",
    headers: { authorization: "Bearer sim-token" },
  });

  const digest = createHash("sha256").update(answer.body).digest("hex");
  expect(answer.headers["docker-content-digest"]).toBe(`sha256:${digest}`);
});

test.each([
  ["busybox", "docker.io/library/busybox:latest", "registry-1.docker.io"],
  ["grafana/loki:3", "docker.io/grafana/loki:3", "registry-1.docker.io"],
  ["registry.k8s.io/pause:3.10", "registry.k8s.io/pause:3.10", "registry.k8s.io"],
  ["localhost:5000/app", "localhost:5000/app:latest", "localhost:5000"],
  ["ghcr.io/a/b", "ghcr.io/a/b:latest", "ghcr.io"],
])("the image %s is %s at %s", (image, full, host) => {
  expect(imageReference(image)).toMatchObject({ full, host });
});

test.each([
  ["2600:1f18::/32", HUB_V6, true],
  ["2600:1f18::/32", "2606:4700::6810:30", false],
  [HUB_V6, HUB_V6, true],
  ["0.0.0.0/0", HUB_V6, false],
])("a fault for %s covers %s: %s", (to, address, expected) => {
  expect(covers(to, address)).toBe(expected);
});
