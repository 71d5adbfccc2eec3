// The second look, after a rule: is it in the way of IPv6, and do clients get through?
import { setMaxListeners } from "node:events";
import type { Family, Lookup, Reading, Role } from "../../src/protocol/round.ts";
import type { Verified } from "../ports/network.ts";
import { HTTPS_PORT, attempt, speak } from "./attempt.ts";
import { lookup } from "./dns.ts";
import { failureOf } from "./failure.ts";
import { dialAsGo, sortedAsGo } from "./go-dial.ts";
import { limited, pause } from "../sockets/limit.ts";
import type { NodePath } from "./node-path.ts";

export type VerifyRequest = {
  readonly blocked: readonly { readonly host: string; readonly address: string }[];
  readonly hosts: readonly { readonly host: string; readonly role: Role }[];
  readonly controls: readonly string[];
};

const DIALS = 3;

/** Everything at once, the tries of each part a gap apart. Ends within the TLS and HTTP limits. */
export async function verifyPath(request: VerifyRequest, path: NodePath): Promise<Verified> {
  const end = new AbortController();
  setMaxListeners(0, end.signal); // One listener a stage of each try; all go with this look.
  const timer = setTimeout(() => end.abort(), path.limits.tlsMs + path.limits.httpMs);
  try {
    const [blocked, dials, controls] = await Promise.all([
      Promise.all(request.blocked.map((at, index) => silence(at, index, path, end.signal))),
      Promise.all(request.hosts.map((asked) => dialHost(asked, path, end.signal))),
      Promise.all(request.controls.map((host) => control(host, path, end.signal))),
    ]);
    return { blocked, dials: dials.flat(), controls };
  } finally {
    clearTimeout(timer);
    end.abort();
  }
}

/** Blocked: no SYN-ACK, be it by an ICMP error, a reset or silence. */
async function silence(
  { host, address }: VerifyRequest["blocked"][number],
  index: number,
  path: NodePath,
  end: AbortSignal,
): Promise<Verified["blocked"][number]> {
  await pause(index * path.limits.verifyGapMs, end);
  const tcp = await limited(path.limits.verifyConnectMs, end, (signal) =>
    path.towards(host).connect(address, HTTPS_PORT, signal),
  );
  if (tcp.kind === "done") {
    tcp.value.destroy();
    return { host, address, blocked: false, ms: tcp.ms, detail: "it still accepts TCP" };
  }
  const { outcome, detail } = failureOf(tcp);
  // `failed` and `unknown` are about this agent, not about the rule.
  const blocked = outcome !== "failed" && outcome !== "unknown";
  return { host, address, blocked, ms: tcp.ms, detail };
}

/** Stops at the first dial that fails: one failure is enough to say that clients still fail. */
async function dialHost(
  asked: VerifyRequest["hosts"][number],
  path: NodePath,
  end: AbortSignal,
): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (let number = 1; number <= DIALS; number += 1) {
    if (number > 1) await pause(path.limits.verifyGapMs, end);
    const reading = await dialOnce(asked, number, path, end);
    readings.push(reading);
    if (reading.outcome !== "ok") break;
  }
  return readings;
}

async function dialOnce(
  asked: VerifyRequest["hosts"][number],
  number: number,
  path: NodePath,
  end: AbortSignal,
): Promise<Reading> {
  const [v4, v6] = await Promise.all([
    lookup({ ...asked, family: "v4" }, path.resolving, end),
    lookup({ ...asked, family: "v6" }, path.resolving, end),
  ]);
  const order = await sortedAsGo(v4.addresses, v6.addresses, path.dialer);
  const dial = await dialAsGo(order, path.towards(asked.host), path.limits, end);
  if (dial === null) return unresolved(asked, number, [v4, v6]);
  const family: Family = dial.address.includes(":") ? "v6" : "v4";
  const tried = { ...asked, family, address: dial.address, try: number };
  if (!dial.ok) return { ...tried, reached: "nothing", ...failureOf(dial.ended), ms: {} };
  return speak(tried, dial, path, end);
}

/** A host without an address has no family either: it counts as IPv4, which clients end up with. */
function unresolved(
  asked: VerifyRequest["hosts"][number],
  number: number,
  lookups: readonly Lookup[],
): Reading {
  const detail = `no address: ${lookups.map((found) => `${found.family} ${found.outcome}`).join(", ")}`;
  const tried = { ...asked, family: "v4", address: "", try: number } as const;
  return { ...tried, reached: "nothing", outcome: "failed", ms: {}, detail };
}

async function control(host: string, path: NodePath, end: AbortSignal): Promise<Reading> {
  const asked = { host, role: "control", family: "v6" } as const;
  const found = await lookup(asked, path.resolving, end);
  const [address] = found.addresses;
  if (address === undefined) {
    const detail = `no IPv6 address: ${found.outcome}`;
    return {
      ...asked,
      address: "",
      try: 1,
      reached: "nothing",
      outcome: "no-route",
      ms: {},
      detail,
    };
  }
  return attempt({ ...asked, address, try: 1 }, path, end);
}
