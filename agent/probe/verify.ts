// The second look, after a rule: is it in the way of IPv6, and do clients get through?
import type { Family, Reading, Role } from "../../src/protocol/round.ts";
import type { Verified } from "../ports/network.ts";
import { HTTPS_PORT, attempt, speak } from "./attempt.ts";
import { lookup, lookupBoth } from "./dns.ts";
import { failureOf } from "./failure.ts";
import { dialAsGo, sortedAsGo } from "./go-dial.ts";
import { limited, pause } from "../sockets/limit.ts";
import { within, type NodePath, type TimedPath } from "./node-path.ts";

export type VerifyRequest = {
  readonly blocked: readonly { readonly host: string; readonly address: string }[];
  readonly hosts: readonly { readonly host: string; readonly role: Role }[];
  readonly controls: readonly string[];
};

type HostAsked = VerifyRequest["hosts"][number];

const DIALS = 3;

/**
 * Everything at once, the tries of each part a gap apart. Ends within the limits of three dials: over a
 * slow link, three that work take longer than one that fails may.
 */
export async function verifyPath(request: VerifyRequest, path: NodePath): Promise<Verified> {
  const { tcpMs, tlsMs, httpMs, verifyGapMs } = path.limits;
  const dialMs = path.resolving.timeoutMs + tcpMs + tlsMs + httpMs + verifyGapMs;
  return within(DIALS * dialMs, path, async (timed) => {
    const [blocked, dials, controls] = await Promise.all([
      Promise.all(
        request.blocked.map(async (at, index) => {
          await pause(index * verifyGapMs, timed.end);
          return tryBlocked(at, timed);
        }),
      ),
      Promise.all(request.hosts.map((asked) => dialHost(asked, timed))),
      Promise.all(request.controls.map((host) => tryControl(host, timed))),
    ]);
    return { blocked, dials: dials.flat(), controls };
  });
}

/** Blocked: no SYN-ACK, be it by an ICMP error, a reset or silence. */
async function tryBlocked(
  { host, address }: VerifyRequest["blocked"][number],
  path: TimedPath,
): Promise<Verified["blocked"][number]> {
  const tcp = await limited(path.limits.verifyConnectMs, path.end, (signal) =>
    path.towards(host).connect({ address, port: HTTPS_PORT }, signal),
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
async function dialHost(asked: HostAsked, path: TimedPath): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (let number = 1; number <= DIALS; number += 1) {
    if (number > 1) await pause(path.limits.verifyGapMs, path.end);
    const reading = await dialOnce({ ...asked, try: number }, path);
    readings.push(reading);
    if (reading.outcome !== "ok") break;
  }
  return readings;
}

async function dialOnce(
  asked: HostAsked & { readonly try: number },
  path: TimedPath,
): Promise<Reading> {
  const { v4, v6 } = await lookupBoth(asked, path.resolving, path.end);
  const order = await sortedAsGo(v4.addresses, v6.addresses, path.dialer);
  const dial = await dialAsGo(order, asked.host, path);
  if (dial === null) {
    // A host without an address has no family either: it counts as IPv4, which clients end up with.
    const detail = `no address: v4 ${v4.outcome}, v6 ${v6.outcome}`;
    const tried = { ...asked, family: "v4", address: "" } as const;
    return { ...tried, reached: "nothing", outcome: "failed", ms: {}, detail };
  }
  const family: Family = dial.address.includes(":") ? "v6" : "v4";
  const tried = { ...asked, family, address: dial.address };
  if (!dial.ok) return { ...tried, reached: "nothing", ...failureOf(dial.ended), ms: {} };
  return speak(tried, dial, path);
}

async function tryControl(host: string, path: TimedPath): Promise<Reading> {
  const asked = { host, role: "control", family: "v6" } as const;
  const found = await lookup(asked, path.resolving, path.end);
  const [address] = found.addresses;
  if (address === undefined) {
    const detail = `no IPv6 address: ${found.outcome}`;
    const tried = { ...asked, address: "", try: 1 };
    return { ...tried, reached: "nothing", outcome: "no-route", ms: {}, detail };
  }
  return attempt({ ...asked, address, try: 1 }, path);
}
