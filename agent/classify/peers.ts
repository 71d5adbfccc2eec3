// The addresses an error names. Go writes a failed socket call as
// `dial tcp REMOTE: …` or `read tcp LOCAL->REMOTE: …` (net.OpError.Error), a failed name lookup as
// `lookup NAME on RESOLVER: …` (net.DNSError.Error).
import type { PeerFamily } from "./host.ts";
import { familyOf, isLocalHost } from "./host.ts";

const ADDRESS = String.raw`(\[[0-9a-f:.]{2,45}(?:%[a-z0-9._-]{1,32})?\]:\d{1,5}|\d{1,3}(?:\.\d{1,3}){3}:\d{1,5})`;
const TCP = new RegExp(
  String.raw`\b(?:(?:dial|read|write) tcp[46]? (?:[^\s>]{1,80}->)?|connecting to )${ADDRESS}`,
  "g",
);
const UDP = new RegExp(
  String.raw`\b(?:dial|read|write) udp[46]? (?:[^\s>]{1,80}->)?${ADDRESS}`,
  "g",
);
const RESOLVER = new RegExp(String.raw`\blookup [^\s:]{1,253} on ${ADDRESS}`, "g");

/**
 * A socket to a registry, token or blob host (or a proxy): `end` is the index after its address.
 * `isLocal`: no packet to it leaves the node.
 */
export type Peer = {
  readonly address: string;
  readonly family: PeerFamily;
  readonly isLocal: boolean;
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
    const [start, end] = [match.index, match.index + match[0].length];
    return [{ address, family, isLocal: isLocalHost(address), start, end }];
  });
}

// Docker Desktop dials in the client's place: "dialing H:443 …: connecting to A: dial tcp A: …".
const DIALLED_FOR = /\bconnecting to \S{1,260}: $/;
const DIALLED_FOR_CHARS = 280;

/** True if another process than the client dialled this peer. */
export function isDialledFor(text: string, { start }: Peer): boolean {
  return DIALLED_FOR.test(text.slice(Math.max(0, start - DIALLED_FOR_CHARS), start));
}
