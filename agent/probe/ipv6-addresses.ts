// What clients of these hosts are given over AAAA just now.
import type { HostAddress } from "../ports/network.ts";
import { lookup } from "./dns.ts";
import type { NodePath } from "./node-path.ts";

/** A lookup that fails gives none. Ends within the resolver's limit. */
export async function ipv6Addresses(
  hosts: readonly string[],
  { resolving }: NodePath,
): Promise<readonly HostAddress[]> {
  const asked = hosts.map((host) => lookup({ host, role: "registry", family: "v6" }, resolving));
  const found = await Promise.all(asked);
  return found.flatMap(({ host, addresses }) => addresses.map((address) => ({ host, address })));
}
