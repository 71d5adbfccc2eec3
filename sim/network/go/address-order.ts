// The order in which a Go program dials the addresses of a name: RFC 6724, section 6, with the rules
// and the policy table that Go has (golang/go src/net/addrselect.go).
import ipaddr from "ipaddr.js";

type Policy = { readonly precedence: number; readonly label: number };
type Seen = Policy & { readonly bytes: readonly number[]; readonly scope: number };
type Candidate = {
  readonly address: string;
  readonly to: Seen;
  /** Null: there is no way out to it. */
  readonly from: Seen | null;
};

type Entry = readonly [prefix: string, precedence: number, label: number];

/** Section 2.1, the longest prefix first. */
const POLICIES: readonly Entry[] = [
  ["::1/128", 50, 0],
  ["::ffff:0:0/96", 35, 4],
  ["::/96", 1, 3],
  ["2001::/32", 5, 5],
  ["2002::/16", 30, 2],
  ["3ffe::/16", 1, 12],
  ["fec0::/10", 1, 11],
  ["fc00::/7", 3, 13],
];
const EVERYTHING: Entry = ["::/0", 40, 1];
const SCOPES = { linkLocal: 2, siteLocal: 5, global: 14 } as const;
/** Of an IPv6 address only the network part is compared. */
const NETWORK_BYTES = 8;

/** Equal ones keep their order. `sourceOf`: the node's own address towards one, or null. */
export async function inDialOrder(
  addresses: readonly string[],
  sourceOf: (address: string) => Promise<string | null>,
): Promise<string[]> {
  const candidates = await Promise.all(
    addresses.map(async (address): Promise<Candidate> => {
      const source = await sourceOf(address);
      return { address, to: seen(address), from: source === null ? null : seen(source) };
    }),
  );
  return candidates.sort(byRfc6724).map(({ address }) => address);
}

function seen(text: string): Seen {
  const parsed = ipaddr.parse(text);
  const address = parsed instanceof ipaddr.IPv4 ? parsed.toIPv4MappedAddress() : parsed;
  const inside = (prefix: string): boolean => address.match(ipaddr.IPv6.parseCIDR(prefix));
  const [, precedence, label] = POLICIES.find(([prefix]) => inside(prefix)) ?? EVERYTHING;
  const range = parsed.range();
  const scope =
    range === "loopback" || range === "linkLocal"
      ? SCOPES.linkLocal
      : inside("fec0::/10")
        ? SCOPES.siteLocal
        : SCOPES.global;
  return { bytes: address.toByteArray(), precedence, label, scope };
}

/** Negative: `a` is dialled before `b`. */
function byRfc6724(a: Candidate, b: Candidate): number {
  if (a.from === null || b.from === null) return Number(a.from === null) - Number(b.from === null);
  return (
    Number(b.to.scope === b.from.scope) - Number(a.to.scope === a.from.scope) ||
    Number(b.to.label === b.from.label) - Number(a.to.label === a.from.label) ||
    b.to.precedence - a.to.precedence ||
    a.to.scope - b.to.scope ||
    // Go leaves the last rule out for IPv4.
    (isIpv4(a.to) || isIpv4(b.to) ? 0 : commonBits(b.from, b.to) - commonBits(a.from, a.to))
  );
}

function isIpv4({ bytes }: Seen): boolean {
  return bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
}

function commonBits(a: Seen, b: Seen): number {
  if (isIpv4(a) !== isIpv4(b)) return 0;
  for (let index = 0; index < NETWORK_BYTES; index += 1) {
    const differs = (a.bytes[index] ?? 0) ^ (b.bytes[index] ?? 0);
    if (differs !== 0) return index * 8 + Math.clz32(differs) - 24;
  }
  return NETWORK_BYTES * 8;
}
