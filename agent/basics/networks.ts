// IPv6 networks as text: which holds which, and the one spelling of each (RFC 5952, host bits 0).
import ipaddr from "ipaddr.js";

/** True if every address of `inner` lies in `outer`; text that is no IPv6 network holds nothing. */
export function contains(outer: string, inner: string): boolean {
  const [around, within] = [parse(outer), parse(inner)];
  return around !== null && within !== null && around[1] <= within[1] && within[0].match(around);
}

/** True if every address of `inner` lies in one of these networks, maybe in another one each. */
export function hold(outers: readonly string[], inner: string): boolean {
  if (outers.some((outer) => contains(outer, inner))) return true;
  const inside = outers.filter((outer) => contains(inner, outer));
  return inside.length > 0 && halvesOf(inner).every((half) => hold(inside, half));
}

/** True if every address lies inside the prefix. An unreadable prefix covers nothing. */
export function coversAll(prefix: string, addresses: readonly string[]): boolean {
  return parse(prefix) !== null && addresses.every((address) => contains(prefix, address));
}

/** True if each address lies in one of the networks. */
export function areBlocked(addresses: readonly string[], networks: readonly string[]): boolean {
  return addresses.every((address) => networks.some((network) => contains(network, address)));
}

/** A network that holds a smaller one has two halves. */
function halvesOf(network: string): string[] {
  const parsed = parse(network);
  if (parsed === null) return [];
  const [address, length] = parsed;
  const bytes = address.toByteArray();
  const at = Math.floor(length / 8);
  const upper = bytes.map((byte, index) => (index === at ? byte | (0x80 >> (length % 8)) : byte));
  return [bytes, upper].map((one) => `${ipaddr.fromByteArray(one).toString()}/${length + 1}`);
}

/** `2600:1F18:0::5/64` → `2600:1f18::/64`; a bare address is a /128. Null: no IPv6 network. */
export function canonical(text: string): string | null {
  const network = parse(text);
  if (network === null) return null;
  const cidr = `${network[0].toNormalizedString()}/${network[1]}`;
  return `${ipaddr.IPv6.networkAddressFromCIDR(cidr).toRFC5952String()}/${network[1]}`;
}

/** A zone (`fe80::1%eth0`) means something on its own host only. */
function parse(text: string): [ipaddr.IPv6, number] | null {
  const cidr = text.includes("/") ? text : `${text}/128`;
  return !text.includes("%") && ipaddr.IPv6.isValidCIDR(cidr) ? ipaddr.IPv6.parseCIDR(cidr) : null;
}
