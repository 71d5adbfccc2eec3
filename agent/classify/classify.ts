// Reads pull errors: what the text alone justifies, never more. The order of the rules is the
// precedence of causes: what a peer or this node said beats what a connection did, and a wrapper
// never beats what it wraps.
import type { Classified } from "./classified.ts";
import { errorsIn, isOfSameRegistry } from "./errors-in.ts";
import { failingHost, hostAsked, localRegistry } from "./failing-host.ts";
import type { PeerFamily } from "./host.ts";
import { familyOf } from "./host.ts";
import type { Label } from "./labels.ts";
import { maskNames } from "./masked-text.ts";
import { mostTelling } from "./most-telling.ts";
import { withoutLocalPeers } from "./off-the-path.ts";
import type { Peer } from "./peers.ts";
import { resolverPeers, tcpPeers } from "./peers.ts";
import type { Rule } from "./rule.ts";
import { earliest } from "./rule.ts";
import { POLICY, PROXY, REFERENCE, RUNTIME } from "./rules-before-request.ts";
import { CONTENT, FORMAT } from "./rules-image-content.ts";
import { NAME_LOOKUP } from "./rules-name-lookup.ts";
import { endOfStatus, OTHER_STATUS, STATUS, TLS } from "./rules-registry-answer.ts";
import { GAVE_UP, SILENCE, SOCKET } from "./rules-transport.ts";

export { kindOf, LABELS, type Kind, type Label } from "./labels.ts";

/** All rules, in the order of precedence. */
export const RULES: readonly Rule[] = [
  ...REFERENCE,
  ...POLICY,
  ...RUNTIME,
  ...PROXY,
  ...NAME_LOOKUP,
  ...TLS,
  ...STATUS,
  ...FORMAT,
  ...CONTENT,
  ...OTHER_STATUS,
  ...SOCKET,
  ...SILENCE,
  ...GAVE_UP,
];

/** Reads one message of a kubelet, runtime or image client. Pure, never throws, linear time. */
export function classify(message: string): Classified {
  return classifyWith(RULES, message);
}

/** `classify` by other rules: `npm run accuracy` asks what the others know once some are off. */
export function classifyWith(rules: readonly Rule[], message: string): Classified {
  return readWith(rules, message).given;
}

/** `text`: the error that decided, of those that the message holds, with marks in place of names. */
type Reading = { readonly given: Classified; readonly text: string };

/** `classifyWith`, with the text that it rests on. */
export function readWith(rules: readonly Rule[], message: string): Reading {
  const { own, mirrors } = errorsIn(message);
  const [first = "", ...others] = own;
  const joined = others.map((error, index) => {
    const reading = readError(rules, error);
    const { host } = reading.given;
    return isOfSameRegistry(own.slice(0, index + 1), host) ? reading : withoutHost(reading);
  });
  return mostTelling(
    [readError(rules, first), ...joined],
    mirrors.map((error) => readError(rules, error)),
  );
}

function withoutHost({ given, text }: Reading): Reading {
  return { given: { ...given, host: null, family: "none" }, text };
}

function readError(rules: readonly Rule[], error: string): Reading {
  const { text, urls } = maskNames(error);
  // What follows a status is the server's to word: no cause on the way to it, and no host, is read there.
  const ours = { text: text.slice(0, endOfStatus(text)), urls };
  const { label: found, at } = cause(rules, text, ours.text);
  const peers = tcpPeers(ours.text);
  // The call that failed is the last one named before its cause.
  const peer = peers.findLast(({ start }) => start <= at) ?? peers[0];
  const asked = hostAsked(ours, at) ?? localRegistry(error, peer);
  const label = withoutLocalPeers({ text: ours.text, label: found, asked, peer });
  const host = failingHost(ours, label, at);
  return { given: { label, host, family: peerFamily(ours.text, peers, { label, host }) }, text };
}

function cause(rules: readonly Rule[], text: string, ours: string): { label: Label; at: number } {
  for (const { label, signatures } of rules) {
    const at = earliest(signatures, isServersToSay(label) ? text : ours);
    if (at >= 0) return { label, at };
  }
  return { label: "unknown.no_detail", at: text.length };
}

/** Of itself, of whom it knows, and of what it serves. */
function isServersToSay(label: Label): boolean {
  return /^(?:registry|auth|image|policy)\./.test(label);
}

function peerFamily(
  text: string,
  sockets: readonly Peer[],
  { label, host }: Pick<Classified, "label" | "host">,
): PeerFamily {
  if (label === "network.ipv6_path") return "v6";
  const resolvers = resolverPeers(text);
  const peers = label.startsWith("dns.") ? [...resolvers, ...sockets] : [...sockets, ...resolvers];
  return peers[0]?.family ?? (host === null ? "none" : familyOf(host));
}
