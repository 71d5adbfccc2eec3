// One look at IPv4 alone: may what keeps clients from IPv6 live on?
import type { ProbeTarget } from "../world.ts";
import { attempt } from "./attempt.ts";
import { lookup } from "./dns.ts";
import type { NodePath } from "./node-path.ts";

/** True if each host answers as it should at its first IPv4 address. Ends within the limits. */
export async function answersOverIpv4(
  hosts: readonly ProbeTarget[],
  path: NodePath,
): Promise<boolean> {
  const never = new AbortController().signal;
  const answers = hosts.map(async (host) => {
    const { addresses } = await lookup({ ...host, family: "v4" }, path.resolving, never);
    const [address] = addresses;
    if (address === undefined) return false;
    const reading = await attempt({ ...host, family: "v4", address, try: 1 }, path, never);
    return reading.outcome === "ok";
  });
  return (await Promise.all(answers)).every(Boolean);
}
