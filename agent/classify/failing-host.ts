// Which host failed. The image never tells: docker.io may fail at its token or its blob host.
import { hostAndPort } from "./host.ts";
import type { Label } from "./labels.ts";
import type { MaskedText } from "./masked-text.ts";
import type { Peer } from "./peers.ts";
import { tcpPeers } from "./peers.ts";
import { failedLookup } from "./rules-name-lookup.ts";

/** The host that failed, for a cause found at `at` (the text's length if none was found). */
export function failingHost(masked: MaskedText, label: Label, at: number): string | null {
  if (label.startsWith("runtime.")) return null;
  const asked = hostAsked(masked, at);
  const lookedUp = label.startsWith("dns.") ? failedLookup(masked.text)?.name : null;
  if (lookedUp) return nameOrItsPort(hostAndPort(lookedUp), asked);
  // The peer behind a proxyconnect is the proxy: nothing to probe as a registry.
  if (asked !== null || label === "proxy.error") return asked;
  const peer = tcpPeers(masked.text)[0];
  return peer === undefined ? nameInCertificate(masked.text) : hostAndPort(peer.address);
}

/** A lookup names no port; the request that needed it does, unless a proxy's name was looked up. */
function nameOrItsPort(name: string | null, asked: string | null): string | null {
  return asked !== null && asked.startsWith(`${name}:`) ? asked : name;
}

/**
 * The host of the request that failed for the cause at `at`; null where the text names no request.
 * The innermost request stands last before the cause; what follows may be a link to a manual.
 */
export function hostAsked({ text, urls }: MaskedText, at: number): string | null {
  const before = [...text.matchAll(/URL(\d{1,5})/g)].filter(({ index }) => index <= at);
  const hosts = before.flatMap((match) => urls[Number(match[1])] ?? []);
  const last = hosts.at(-1);
  if (last !== undefined) return last;
  const asked =
    /\b(?:get|head|post|request to|content at|from host|registry|dialing) "?URL(\d{1,5})/.exec(
      text,
    )?.[1];
  return asked === undefined ? null : (urls[Number(asked)] ?? null);
}

// crypto/x509, HostnameError: "… is valid for A, not B", "… but wanted to match B".
const WANTED_NAME =
  /\bx509: (?:certificate is (?:valid for .{1,400}?, not|not valid for any names, but wanted to match)|cannot validate certificate for) ([a-z0-9._-]{1,253})/;

function nameInCertificate(text: string): string | null {
  const wanted = WANTED_NAME.exec(text)?.[1];
  return wanted === undefined ? null : hostAndPort(wanted);
}

/** The peer as the registry that it is, where the image is from a registry on that port of the node. */
export function localRegistry(error: string, peer: Peer | undefined): string | null {
  const port = peer?.isLocal === true ? /:\d{1,5}$/.exec(peer.address)?.[0] : undefined;
  if (peer === undefined || port === undefined) return null;
  const names = ["localhost", "127.0.0.1", "0.0.0.0", "[::1]"];
  return names.some((name) => error.includes(`${name}${port}/`)) ? peer.address : null;
}
