// Addresses that no job, image or message may make this agent dial. Pure. Addresses for documentation
// (RFC 5737, RFC 3849) are not among them: nothing is there, and simulated sites use them.
import ipaddr from "ipaddr.js";

const INSIDE: readonly (readonly [string, readonly string[]])[] = [
  ["loopback", ["127.0.0.0/8", "::1/128"]],
  ["link-local", ["169.254.0.0/16", "fe80::/10"]],
  ["private", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10"]],
  ["carrier-grade NAT", ["100.64.0.0/10"]],
  ["multicast", ["224.0.0.0/4", "ff00::/8"]],
  ["unspecified", ["0.0.0.0/8", "::/128"]],
  ["reserved", ["192.0.0.0/24", "198.18.0.0/15", "240.0.0.0/4", "64:ff9b:1::/48", "100::/64"]],
];

/** What kind of address inside a site this is; null for one of the Internet. */
export function insideAs(address: string): string | null {
  const [bare = ""] = address.split("%");
  if (!ipaddr.isValid(bare)) return "unreadable";
  const parsed = ipaddr.process(bare);
  const own = INSIDE.find(([, networks]) => networks.some((network) => lies(parsed, network)));
  if (own !== undefined) return own[0];
  const behind = parsed.kind() === "ipv6" ? ipv4Behind(ipaddr.IPv6.parse(bare)) : null;
  return behind === null ? null : insideAs(behind);
}

/** True if the address lies in one of these networks; a mapped one is the IPv4 address it stands for. */
export function liesIn(address: string, networks: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  return networks.some((network) => lies(ipaddr.process(address), network));
}

function lies(address: ipaddr.IPv4 | ipaddr.IPv6, network: string): boolean {
  const [base, length] = ipaddr.parseCIDR(network);
  return base.kind() === address.kind() && address.match(base, length);
}

/** Where the IPv4 address stands in those IPv6 addresses that lead to one: RFC 4291, 6052, 3056, 7915. */
const LEADS_TO_IPV4: readonly (readonly [string, number])[] = [
  ["::/96", 12],
  ["64:ff9b::/96", 12],
  ["::ffff:0:0:0/96", 12],
  ["2002::/16", 2],
];

function ipv4Behind(address: ipaddr.IPv6): string | null {
  const found = LEADS_TO_IPV4.find(([network]) => lies(address, network));
  if (found === undefined) return null;
  const [, from] = found;
  return address
    .toByteArray()
    .slice(from, from + 4)
    .join(".");
}
