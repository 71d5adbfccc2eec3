// A and AAAA apart, as the node's container runtime would find them.
import dns from "node:dns";
import net from "node:net";
import ipaddr from "ipaddr.js";
import type { Family, Lookup, Role } from "../../src/protocol/round.ts";
import { errorCode, shownError } from "./failure.ts";
import { readHosts } from "./hosts-file.ts";
import { limited } from "../sockets/limit.ts";

export type Resolving = {
  readonly hostsFile: string;
  /** `address` or `address:port`; empty: the system's own. */
  readonly servers: readonly string[];
  readonly timeoutMs: number;
};
export type Question = { readonly host: string; readonly role: Role; readonly family: Family };

/** The servers that a lookup asks. */
export function serversOf(resolving: Resolving): readonly string[] {
  return resolving.servers.length > 0 ? resolving.servers : dns.getServers();
}

/** Never rejects; ends within the limit of `resolving`. `ms` includes reading the hosts file. */
export async function lookup(
  question: Question,
  resolving: Resolving,
  roundEnd?: AbortSignal,
): Promise<Lookup> {
  const startedAt = performance.now();
  const found = await find(question, resolving, roundEnd);
  return { ...question, ...found, ms: Math.round((performance.now() - startedAt) * 10) / 10 };
}

/** Both families at once. Never rejects. */
export async function lookupBoth(
  asked: Omit<Question, "family">,
  resolving: Resolving,
  roundEnd?: AbortSignal,
): Promise<{ readonly v4: Lookup; readonly v6: Lookup }> {
  const { host, role } = asked;
  const [v4, v6] = await Promise.all([
    lookup({ host, role, family: "v4" }, resolving, roundEnd),
    lookup({ host, role, family: "v6" }, resolving, roundEnd),
  ]);
  return { v4, v6 };
}

type Found = Omit<Lookup, "host" | "role" | "family" | "ms">;

async function find(
  { host, family }: Question,
  resolving: Resolving,
  roundEnd: AbortSignal | undefined,
): Promise<Found> {
  const literal = host.replace(/^\[(.*)\]$/, "$1");
  if (net.isIP(literal) !== 0)
    return answerWith("literal", net.isIPv6(literal) === (family === "v6") ? [literal] : [], null);
  const hosts = await readHosts(resolving.hostsFile, host.toLowerCase());
  if (hosts.listed) return answerWith("hosts", hosts[family], null);
  const { timeoutMs } = resolving;
  const asked = await limited(timeoutMs, roundEnd, (signal) =>
    askDns({ host, family }, resolving, signal),
  );
  const nothing: Pick<Found, "source" | "addresses"> = { source: "dns", addresses: [] };
  switch (asked.kind) {
    case "done":
      return answerWith("dns", asked.value, hosts.fault);
    case "timeout":
      return { ...nothing, outcome: "timeout", detail: `no answer in ${timeoutMs} ms` };
    case "cut":
      return { ...nothing, outcome: "timeout", detail: "no answer before the round ended" };
    case "failed":
      return { ...nothing, outcome: outcomeOf(asked.error), detail: shownError(asked.error) };
  }
}

function outcomeOf(error: unknown): Lookup["outcome"] {
  switch (errorCode(error)) {
    case "ENODATA":
      return "nodata";
    case "ENOTFOUND":
      return "nxdomain";
    case "ETIMEOUT":
      return "timeout";
    default:
      return "failure";
  }
}

/** c-ares needs about 1.3 times timeout × tries: two tries of 0.3 end inside the hard limit. */
async function askDns(
  { host, family }: Omit<Question, "role">,
  resolving: Resolving,
  signal: AbortSignal,
): Promise<string[]> {
  // A resolver of its own: cancel() ends every query of a resolver, and nothing may be cached.
  const timeout = Math.ceil(resolving.timeoutMs * 0.3);
  const resolver = new dns.promises.Resolver({ timeout, tries: 2 });
  if (resolving.servers.length > 0) resolver.setServers([...resolving.servers]);
  const cancel = (): void => resolver.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  try {
    return await (family === "v4" ? resolver.resolve4(host) : resolver.resolve6(host));
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

function answerWith(source: Found["source"], all: readonly string[], fault: string | null): Found {
  const addresses = all.filter((address) => !standsForIpv4(address));
  const notes = [addresses.length < all.length ? TRANSLATED : null, fault].filter(
    (note) => note !== null,
  );
  return {
    source,
    addresses,
    outcome: addresses.length > 0 ? "answer" : "nodata",
    ...(notes.length > 0 ? { detail: notes.join("; ") } : {}),
  };
}

/**
 * The AAAA answer without what a DNS64 of the site made of the A records: a prefix of 96 bits, then
 * the IPv4 address (RFC 6052, section 2.2). Those lead to IPv4 and say nothing about IPv6.
 */
export function withoutTranslated(found: Lookup, v4: readonly string[]): Lookup {
  const embedded = new Set(v4.map((address) => ipaddr.IPv4.parse(address).octets.join(".")));
  const kept = found.addresses.filter((address) => {
    const last = ipaddr.IPv6.parse(address).toByteArray().slice(12);
    return !embedded.has(last.join("."));
  });
  if (kept.length === found.addresses.length) return found;
  const outcome = kept.length > 0 ? found.outcome : "nodata";
  return { ...found, addresses: kept, outcome, detail: TRANSLATED };
}

const TRANSLATED = "DNS64 or mapped addresses left out: they lead to IPv4";

/** 64:ff9b::/96 (RFC 6052) and ::ffff:0:0/96: IPv6 to look at, IPv4 on the way. */
function standsForIpv4(address: string): boolean {
  if (!net.isIPv6(address)) return false;
  const range = ipaddr.IPv6.parse(address).range();
  return range === "rfc6052" || range === "ipv4Mapped";
}
