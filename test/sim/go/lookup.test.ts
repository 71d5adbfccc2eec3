import { onTestFinished, expect, test } from "vitest";
import { overTheMachine } from "../../../sim/network/dialer.ts";
import { startDns, type DnsMode, type DnsServer } from "../../../sim/network/dns-server.ts";
import { lookup } from "../../../sim/network/go/lookup.ts";

const HUB = "registry-1.docker.io";
const never = new AbortController().signal;

async function aServer(): Promise<DnsServer> {
  const dns = await startDns();
  onTestFinished(() => dns.close());
  return dns;
}

async function found(dns: DnsServer, end = never): Promise<string> {
  const shownAs = `127.0.0.1:${dns.port}`;
  const resolver = { address: "127.0.0.1", port: dns.port, shownAs, tryMs: 100 };
  const answer = await lookup(HUB, resolver, overTheMachine, end);
  return (answer.ok ? answer.addresses.toSorted().join(" ") : answer.text)
    .replaceAll(shownAs, "SERVER")
    .replace(/127.0.0.1:\d+/, "OWN");
}

const A = "203.0.113.10";
const AAAA = "2600:1f18:2148:bc00::10 2600:1f18:2148:bc01::10";
const ON = `lookup ${HUB} on SERVER: `;

test.each<[a: DnsMode, aaaa: DnsMode, found: string, questions: number]>([
  ["answer", "answer", `${A} ${AAAA}`, 2],
  ["answer", "nodata", A, 2],
  ["nodata", "answer", AAAA, 2],
  ["answer", "servfail", A, 3],
  ["answer", "drop", A, 3],
  ["nxdomain", "nxdomain", `${ON}no such host`, 2],
  ["nodata", "nodata", `${ON}no such host`, 2],
  ["servfail", "servfail", `${ON}server misbehaving`, 4],
  ["nodata", "drop", `${ON}read udp OWN->SERVER: i/o timeout`, 3],
  ["drop", "drop", `${ON}read udp OWN->SERVER: i/o timeout`, 4],
])("A %s and AAAA %s: %s, after %i questions", async (a, aaaa, expected, questions) => {
  const dns = await aServer();
  dns.mode(HUB, a, "A");
  dns.mode(HUB, aaaa, "AAAA");

  expect(await found(dns)).toBe(expected);
  expect(dns.questions).toHaveLength(questions);
});

test("a dial whose time is over during the lookup names no server", async () => {
  const dns = await aServer();
  dns.mode("*", "drop");

  expect(await found(dns, AbortSignal.timeout(20))).toBe(`lookup ${HUB}: i/o timeout`);
});

test("a resolver that is not there is refused", async () => {
  const dns = await startDns();
  await dns.close();

  expect(await found(dns)).toBe(`${ON}read udp OWN->SERVER: read: connection refused`);
});
