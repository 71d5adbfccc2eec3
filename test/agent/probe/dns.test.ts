import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { lookup, type Resolving } from "../../../agent/probe/dns.ts";
import type { Family, Lookup } from "../../../src/protocol/round.ts";
import { startDns, type DnsMode, type DnsServer } from "../../../sim/network/dns-server.ts";

const never = new AbortController().signal;

async function aServer(): Promise<DnsServer> {
  const server = await startDns();
  onTestFinished(() => server.close());
  return server;
}

async function aHostsFile(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "backon-hosts-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "hosts");
  await writeFile(file, text);
  return file;
}

function ask(
  server: DnsServer,
  host: string,
  family: Family,
  changes: Partial<Resolving> = {},
): Promise<Lookup> {
  const servers = [`127.0.0.1:${server.port}`];
  const resolving = { hostsFile: "/dev/null", servers, timeoutMs: 500, ...changes };
  return lookup({ host, role: "registry", family }, resolving, never);
}

test("A and AAAA are asked apart", async () => {
  const server = await aServer();

  const found = await ask(server, "auth.docker.io", "v6");

  expect(found).toMatchObject({
    source: "dns",
    outcome: "answer",
    addresses: ["2600:1f18:2148:bc02::20"],
  });
  expect(server.questions).toEqual([{ host: "auth.docker.io", type: "AAAA" }]);
});

test.each<[DnsMode, Lookup["outcome"]]>([
  ["nodata", "nodata"],
  ["nxdomain", "nxdomain"],
  ["servfail", "failure"],
  ["drop", "timeout"],
])("a server in mode %s reads as %s", async (mode, outcome) => {
  const server = await aServer();
  server.mode("auth.docker.io", mode, "AAAA");

  const found = await ask(server, "auth.docker.io", "v6");

  expect(found).toMatchObject({ outcome, addresses: [] });
});

test("a lookup ends within its limit", async () => {
  const server = await aServer();
  server.mode("*", "drop");

  const found = await ask(server, "auth.docker.io", "v4", { timeoutMs: 200 });

  expect(found.outcome).toBe("timeout");
  expect(found.ms).toBeLessThan(450);
});

test("a server that is not there is a failure", async () => {
  const server = await startDns();
  await server.close();

  const found = await ask(server, "auth.docker.io", "v4");

  expect(found.outcome).toBe("failure");
});

test("the hosts file is read before DNS, names in any case, comments left out", async () => {
  const server = await aServer();
  const hostsFile = await aHostsFile(
    "# 192.0.2.9 auth.docker.io\n192.0.2.1 other AUTH.docker.io # mirror\n2001:db8::1\tauth.docker.io\n",
  );

  const found = await ask(server, "auth.docker.io", "v4", { hostsFile });

  expect(found).toMatchObject({ source: "hosts", outcome: "answer", addresses: ["192.0.2.1"] });
  expect(server.questions).toEqual([]);
});

test("a host that the hosts file lists for IPv4 alone has no IPv6, as in Go", async () => {
  const server = await aServer();
  const hostsFile = await aHostsFile("192.0.2.1 auth.docker.io\n");

  const found = await ask(server, "auth.docker.io", "v6", { hostsFile });

  expect(found).toMatchObject({ source: "hosts", outcome: "nodata", addresses: [] });
});

test("a missing hosts file is an empty one", async () => {
  const server = await aServer();

  const found = await ask(server, "auth.docker.io", "v4", { hostsFile: "/no/such/file" });

  expect(found).toMatchObject({ source: "dns", outcome: "answer" });
  expect(found.detail).toBeUndefined();
});

test("a hosts file that cannot be read is said", async () => {
  const server = await aServer();

  const found = await ask(server, "auth.docker.io", "v4", { hostsFile: tmpdir() });

  expect(found.detail).toContain("EISDIR");
});

test("DNS64 answers are no IPv6 addresses", async () => {
  const server = await aServer();
  server.place("ghcr.io", { a: ["203.0.113.40"], aaaa: ["64:ff9b::cb00:7128"] });

  const found = await ask(server, "ghcr.io", "v6");

  expect(found).toMatchObject({ outcome: "nodata", addresses: [] });
  expect(found.detail).toContain("DNS64");
});

test("every address is given: the rule must cover those that are not probed too", async () => {
  const server = await aServer();
  const a = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"];
  server.place("many.example", { a, aaaa: [] });

  const found = await ask(server, "many.example", "v4");

  expect(found.addresses).toEqual(a);
});

test.each([
  ["192.0.2.7", "v4", ["192.0.2.7"]],
  ["192.0.2.7", "v6", []],
  ["[2001:db8::7]", "v6", ["2001:db8::7"]],
  ["2001:db8::7", "v4", []],
] as const)(
  "the literal %s has the %s addresses %j without any question",
  async (host, family, addresses) => {
    const server = await aServer();

    const found = await ask(server, host, family);

    expect(found).toMatchObject({ source: "literal", addresses });
    expect(server.questions).toEqual([]);
  },
);
