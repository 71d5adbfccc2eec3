// The three namespaces and the wires between them. Runs inside the lab's own mount and network
// namespaces: the names collide with nobody's, and nothing here touches the host's interfaces.
import { internetAddresses } from "./addresses.ts";
import { execute, inPlace } from "./execute.ts";

const NODE_LINK = `link set lo up
link set eth0 up
addr add 10.10.0.2/24 dev eth0
addr add 2001:db8:10::2/64 dev eth0 nodad
route add default via 10.10.0.1
route add default via 2001:db8:10::1
`;

const ROUTER_LINKS = `link set lo up
link set lan up
link set wan up
addr add 10.10.0.1/24 dev lan
addr add 2001:db8:10::1/64 dev lan nodad
addr add 198.51.100.1/24 dev wan
addr add 2001:db8:20::1/64 dev wan nodad
route add default via 198.51.100.2
route add default via 2001:db8:20::2
`;

const INTERNET_LINK = `link set lo up
link set eth0 up
addr add 198.51.100.2/24 dev eth0
addr add 2001:db8:20::2/64 dev eth0 nodad
route add default via 198.51.100.1
route add default via 2001:db8:20::1
`;

const VETHS = `link add eth0 netns node type veth peer name lan netns rtr
link add wan netns rtr type veth peer name eth0 netns inet
`;

/** Before any link exists: interfaces copy these. Otherwise the first IPv6 connection waits for DAD. */
const NO_DAD = ["net.ipv6.conf.all.accept_dad=0", "net.ipv6.conf.default.accept_dad=0"];
/** What one fault taught TCP about the path must not slow down the next. */
const FORGET_PATHS = "net.ipv4.tcp_no_metrics_save=1";
const SETTINGS = {
  // Rechecks that are seconds apart use the same source ports again.
  node: [...NO_DAD, FORGET_PATHS, "net.ipv4.tcp_tw_reuse=1"],
  // Real routers limit their ICMPv6 errors: the old default of Linux, one per second and peer.
  rtr: [
    ...NO_DAD,
    "net.ipv4.ip_forward=1",
    "net.ipv6.conf.all.forwarding=1",
    "net.ipv6.icmp.ratelimit=1000",
  ],
  inet: [...NO_DAD, FORGET_PATHS],
} as const;

/** About 0.1 s. */
export async function buildNamespaces(): Promise<void> {
  for (const place of ["node", "rtr", "inet"] as const) {
    await execute(["ip", "netns", "add", place]);
    await execute(inPlace(place, ["sysctl", "-qw", ...SETTINGS[place]]));
  }
  await execute(["ip", "-batch", "-"], { input: VETHS });
  const addresses = internetAddresses().map((address) => `addr add ${address} dev lo nodad\n`);
  await Promise.all([
    execute(["ip", "-n", "node", "-batch", "-"], { input: NODE_LINK }),
    execute(["ip", "-n", "rtr", "-batch", "-"], { input: ROUTER_LINKS }),
    execute(["ip", "-n", "inet", "-batch", "-"], { input: INTERNET_LINK + addresses.join("") }),
  ]);
  await deliverAsynchronously();
}

/**
 * Without this the router's ICMPv6 error arrives inside the client's own connect(), where Linux
 * notes it as a soft error only: every reject would take a second instead of a millisecond.
 */
async function deliverAsynchronously(): Promise<void> {
  await execute(inPlace("rtr", ["ethtool", "-K", "lan", "tso", "off"]));
  await execute(inPlace("node", ["ethtool", "-K", "eth0", "gro", "on"]));
  await execute(inPlace("node", ["sh", "-c", "echo 1 > /sys/class/net/eth0/threaded"]));
}
