// Who is where in the lab: node ⇄ rtr ⇄ inet, addresses of documentation and of real registries.
import { PLACES } from "../../sim/network/places.ts";

/** The three network namespaces. */
export type Place = "node" | "rtr" | "inet";

/** Where the node's resolver is; the IPv6 one serves a node without IPv4. */
export const DNS = { v4: "203.0.113.53", v6: "2001:db8:53::53" };
/** Docker Hub's prefix, and where a host of it may lie that is outside. */
export const HUB_PREFIX = "2600:1f18::/32";
export const OUTSIDE_ADDRESS = "2600:9000:1::10";
/** Another registry, in the zone with some faults only; its one IPv6 address is inside that prefix. */
export const OTHER_REGISTRY = "reg.example";
export const INSIDE_ADDRESS = "2600:1f18:77::7";
/** Nothing answers here. */
export const DEAD_V4 = "203.0.113.77";
export const HUB_HOSTS = ["registry-1.docker.io", "auth.docker.io"] as const;
/** IPv6 controls: dual-stack hosts outside the hub's prefix. */
export const CONTROL_HOSTS = ["registry.k8s.io", "one.one.one.one"] as const;

/** The lab's /etc/hosts. */
export const HOSTS_FILE_TEXT = `127.0.0.1 localhost
::1 localhost
10.10.0.1 router.lan
2001:db8:10::1 router.lan
`;

/** The lab's /etc/resolv.conf: one resolver, as the times of a lookup depend on how many there are. */
export function resolvConf(server: string): string {
  return `nameserver ${server}\n`;
}

export function addressesOf(hosts: readonly string[], family: "v4" | "v6"): string[] {
  return hosts.flatMap((host) => PLACES[host]?.[family === "v4" ? "a" : "aaaa"] ?? []);
}

/** The host that answers at an address of the lab's Internet; null if nothing is there. */
export function hostAtAddress(address: string): string | null {
  if (address === OUTSIDE_ADDRESS) return "registry-1.docker.io";
  if (address === INSIDE_ADDRESS) return OTHER_REGISTRY;
  const found = Object.entries(PLACES).find(
    ([, { a, aaaa }]) => a.includes(address) || aaaa.includes(address),
  );
  return found?.[0] ?? null;
}

/** Every address that the Internet answers at, with its prefix length. */
export function internetAddresses(): string[] {
  const hosts = Object.values(PLACES).flatMap(({ a, aaaa }) => [...a, ...aaaa]);
  return [...hosts, OUTSIDE_ADDRESS, INSIDE_ADDRESS, DNS.v4, DNS.v6].map(
    (address) => `${address}/${address.includes(":") ? 128 : 32}`,
  );
}
