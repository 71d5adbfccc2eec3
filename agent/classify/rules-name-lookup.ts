// Name resolution. `lookup NAME on RESOLVER: REASON`: what stands after the lookup is the reason,
// and an address in it is the resolver's.
import type { Label } from "./labels.ts";
import type { Rule, Signature } from "./rule.ts";
import { earliest, finds, matches, says } from "./rule.ts";

const LOOKUP =
  /\b(dial tcp[46]?: )?lookup ([a-z0-9._-]{1,253})( on \S{1,80})?(?:: |\.?$)|\b(?:dial|read|write) udp[46]? \S{1,160}: /g;
const REASON_CHARS = 300;

/** `dns.sinkhole` is no failed lookup: it answers, with an address that leads nowhere. */
type DnsLabel = Exclude<Extract<Label, `dns.${string}`>, "dns.sinkhole">;

const REASONS: readonly { readonly label: DnsLabel; readonly signatures: readonly Signature[] }[] =
  [
    {
      label: "dns.nxdomain",
      signatures: says(
        "no such host",
        "name or service not known",
        "no address associated",
        "nodename nor servname",
        "name does not resolve",
        "dns name does not exist",
        "no data of the requested type",
      ),
    },
    {
      label: "dns.servfail",
      signatures: says("server misbehaving", "temporary failure in name resolution", "try again"),
    },
    {
      label: "dns.resolver_down",
      signatures: says(
        "connection refused",
        "actively refused",
        "network is unreachable",
        "no route to host",
        "permission denied",
        "operation not permitted",
        "cannot assign requested address",
      ),
    },
    {
      label: "dns.timeout",
      signatures: matches(/\btime(?:out|d out)\b|\bdeadline exceeded\b|\bcancell?ed\b/),
    },
  ];

type Lookup = { readonly at: number; readonly name: string | null; readonly label: DnsLabel };

/** The first failed lookup of a masked text, with what went wrong. */
export function failedLookup(text: string): Lookup | null {
  for (const match of text.matchAll(LOOKUP)) {
    const [whole, dial, name, resolver] = match;
    const end = match.index + whole.length;
    // "keychain lookup failed: …" is English; a lookup of Go has a dial, a resolver or a dotted name.
    const isGo =
      name === undefined || dial !== undefined || resolver !== undefined || name.includes(".");
    if (!isGo) continue;
    const reason = earliestReason(text.slice(end, end + REASON_CHARS));
    return { at: match.index, name: name ?? null, label: reason };
  }
  return null;
}

function earliestReason(text: string): DnsLabel {
  let best: { label: DnsLabel; at: number } | null = null;
  for (const { label, signatures } of REASONS) {
    const at = earliest(signatures, text);
    if (at >= 0 && (best === null || at < best.at)) best = { label, at };
  }
  // Any other answer of a resolver is one that it could not make sense of, or we cannot.
  return best?.label ?? "dns.servfail";
}

function lookupEndsIn(label: DnsLabel): Signature[] {
  return finds(`a lookup that ends in ${label}`, (text) => {
    const lookup = failedLookup(text);
    return lookup?.label === label ? lookup.at : -1;
  });
}

/** Name resolution, first as Go writes it, then as others do. */
export const NAME_LOOKUP: readonly Rule[] = [
  { label: "dns.nxdomain", signatures: lookupEndsIn("dns.nxdomain") },
  { label: "dns.servfail", signatures: lookupEndsIn("dns.servfail") },
  { label: "dns.resolver_down", signatures: lookupEndsIn("dns.resolver_down") },
  { label: "dns.timeout", signatures: lookupEndsIn("dns.timeout") },
  {
    label: "dns.nxdomain",
    signatures: says(
      "no such host",
      "name or service not known",
      "could not resolve host",
      "enotfound",
    ),
  },
  {
    label: "dns.servfail",
    signatures: says("server misbehaving", "failure in name resolution", "eai_again"),
  },
];
