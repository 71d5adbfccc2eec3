// The addresses an error names. Go writes a failed socket call as
// `dial tcp REMOTE: …` or `read tcp LOCAL->REMOTE: …` (net.OpError.Error), a failed name lookup as
// `lookup NAME on RESOLVER: …` (net.DNSError.Error).
import type { PeerFamily } from "./host.ts";
import { familyOf } from "./host.ts";

const ADDRESS = String.raw`(\[[0-9a-f:.]{2,45}(?:%[a-z0-9._-]{1,32})?\]:\d{1,5}|\d{1,3}(?:\.\d{1,3}){3}:\d{1,5})`;
const TCP = new RegExp(
  String.raw`\b(?:dial|read|write) tcp[46]? (?:[^\s>]{1,80}->)?${ADDRESS}`,
  "g",
);
const UDP = new RegExp(
  String.raw`\b(?:dial|read|write) udp[46]? (?:[^\s>]{1,80}->)?${ADDRESS}`,
  "g",
);
const RESOLVER = new RegExp(String.raw`\blookup [^\s:]{1,253} on ${ADDRESS}`, "g");

/** A socket to a registry, token or blob host (or a proxy): `end` is the index after its address. */
export type Peer = {
  readonly address: string;
  readonly family: PeerFamily;
  readonly start: number;
  readonly end: number;
};

/** The remote ends of the TCP calls that failed, in the order of the text. */
export function tcpPeers(text: string): Peer[] {
  return peersBy(TCP, text);
}

/** The resolvers that were asked, in the order of the text. */
export function resolverPeers(text: string): Peer[] {
  return [...peersBy(RESOLVER, text), ...peersBy(UDP, text)];
}

function peersBy(pattern: RegExp, text: string): Peer[] {
  return [...text.matchAll(pattern)].flatMap((match) => {
    const address = match[1];
    if (address === undefined) return [];
    const family = familyOf(address);
    if (family === "none") return [];
    return [{ address, family, start: match.index, end: match.index + match[0].length }];
  });
}
