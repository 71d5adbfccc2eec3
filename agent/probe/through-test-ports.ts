// IPv6 as it is behind the rule: tries from the source ports that the rule leaves out.
import type { Reading } from "../../src/protocol/round.ts";
import { TEST_PORTS } from "../ports/test-ports.ts";
import type { ProbeTarget } from "../ports/network.ts";
import { attempt, type Try } from "./attempt.ts";
import { lookupBoth, withoutTranslated } from "./dns.ts";
import { pause } from "../sockets/limit.ts";
import { within, type NodePath } from "./node-path.ts";

const TRIES = [1, 2, 3];
const MOST_ADDRESSES = 3;

/**
 * Three tries at each IPv6 address of each host, a gap apart; once the names are resolved, it ends
 * within the limits of the last try. Without an IPv6 address there is no reading. Needs the node's own
 * network: a NAT on the way may choose other ports.
 */
export async function throughTestPorts(
  hosts: readonly ProbeTarget[],
  path: NodePath,
): Promise<readonly Reading[]> {
  const addresses = await Promise.all(hosts.map((host) => addressesOf(host, path)));
  const { tryGapMs, tcpMs, tlsMs, roundSlackMs } = path.limits;
  const lastTryMs = (TRIES.length - 1) * tryGapMs + tcpMs + tlsMs;
  const tries = addresses
    .flat()
    .toSorted((one, other) => one.address.localeCompare(other.address))
    .flatMap((asked) => TRIES.map((number) => ({ ...asked, try: number })));
  return within(lastTryMs + roundSlackMs, path, (timed) =>
    Promise.all(
      tries.map(async (asked, index) => {
        await pause((asked.try - 1) * tryGapMs, timed.end);
        return attempt(asked, timed, portFor(index));
      }),
    ),
  );
}

async function addressesOf(host: ProbeTarget, path: NodePath): Promise<Omit<Try, "try">[]> {
  const { v4, v6 } = await lookupBoth(host, path.resolving);
  const { addresses } = withoutTranslated(v6, v4.addresses);
  return addresses.slice(0, MOST_ADDRESSES).map((address) => ({ ...host, family: "v6", address }));
}

/**
 * The ports go round, address by address: the tries at one address, whatever hosts are there, have a
 * port each as long as they last. Linux keeps a port back for the same address for a minute
 * (TIME_WAIT): rechecks have to be further apart.
 */
function portFor(index: number): number {
  return TEST_PORTS.from + (index % (TEST_PORTS.to - TEST_PORTS.from + 1));
}
