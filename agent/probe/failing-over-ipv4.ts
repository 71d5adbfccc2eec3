// One look at IPv4 alone: may what keeps clients from IPv6 live on?
import type { Reading } from "../../src/protocol/round.ts";
import type { ProbeTarget } from "../ports/network.ts";
import { attempt } from "./attempt.ts";
import { lookup } from "./dns.ts";
import type { NodePath, TimedPath } from "./node-path.ts";

/**
 * One try at the first IPv4 address of each host; the readings of those that do not answer as they
 * should. A host without an address has a reading too. Ends within the limits.
 */
export async function failingOverIpv4(
  hosts: readonly ProbeTarget[],
  path: NodePath,
): Promise<readonly Reading[]> {
  const timed = { ...path, end: new AbortController().signal }; // Each stage has its own limit.
  const readings = await Promise.all(hosts.map((host) => tryOnce(host, timed)));
  return readings.filter(({ outcome }) => outcome !== "ok");
}

async function tryOnce(host: ProbeTarget, path: TimedPath): Promise<Reading> {
  const found = await lookup({ ...host, family: "v4" }, path.resolving);
  const [address] = found.addresses;
  if (address !== undefined) return attempt({ ...host, family: "v4", address, try: 1 }, path);
  const tried = { ...host, family: "v4", address: "", try: 1 } as const;
  const detail = `no address: A ${found.outcome}`;
  return { ...tried, reached: "nothing", outcome: "failed", ms: {}, detail };
}
