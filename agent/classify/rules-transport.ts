// Failures of the connection. Only what no rule before explained comes here, so that nothing that
// a registry, a resolver or this node said is ever blamed on the path.
import { tcpPeers } from "./peers.ts";
import type { Rule } from "./rule.ts";
import { either, finds, matches, says } from "./rule.ts";
import { answered } from "./rules-registry-answer.ts";

const GIVEN_UP =
  /^: (?:operation was cancell?ed|context cancell?ed|use of closed network connection)/;
const GIVEN_UP_CHARS = 40;

/** An IPv6 peer whose connection failed; one that the client itself gave up says nothing. */
function failedIpv6Peer(text: string): number {
  const peer = tcpPeers(text).find(
    ({ family, isLocal, end }) =>
      family === "v6" && !isLocal && !GIVEN_UP.test(text.slice(end, end + GIVEN_UP_CHARS)),
  );
  return peer?.start ?? -1;
}

/**
 * Socket calls: refused, no way, cut, silent. One pattern an outcome, as Linux, macOS, Windows and
 * Node word it: which of them a node runs is no news about the path.
 */
export const SOCKET: readonly Rule[] = [
  { label: "network.ipv6_path", signatures: finds("a failed IPv6 peer", failedIpv6Peer) },
  {
    label: "network.refused",
    signatures: matches(/\bconnection refused\b|\bactively refused\b|\beconnrefused\b/),
  },
  {
    label: "network.unreachable",
    signatures: either(
      matches(
        /\bno route to host\b|\b(?:network|host) is (?:unreachable|down)\b|\bunreachable (?:network|host)\b|\be(?:net|host)unreach\b/,
        // A router that refuses a packet as administratively prohibited shows as EACCES.
        /\bconnect: (?:permission denied|operation not permitted)/,
      ),
      says("cannot assign requested address"),
    ),
  },
  {
    label: "network.reset",
    signatures: either(
      matches(
        /\bconnection reset\b|\bconnection was (?:reset|aborted)\b|\bforcibly closed by the remote\b|\bsoftware caused connection abort\b|\beconnreset\b/,
      ),
      says("write: broken pipe", "server closed idle connection"),
    ),
  },
  {
    label: "network.tcp_timeout",
    signatures: matches(
      /\bi\/o timeout\b|\b(?:connection|operation) timed out\b|\bdid not properly respond after a period\b|\betimedout\b/,
      /\bdial tcp[46]? \S{1,80}: context deadline exceeded/,
    ),
  },
  // An answer that ends before its JSON began is an answer.
  {
    label: "network.reset",
    signatures: matches(/(?:^|[:"] )(?<!\bdecod\w{1,4} [\w ]{1,60}: )eof(?![\w-])/),
  },
];

/** Silence later on, where the text does not say on which connection. */
export const SILENCE: readonly Rule[] = [
  { label: "network.tls_timeout", signatures: matches(/\btls handshake time(?:out|d out)/) },
  {
    label: "network.http_timeout",
    signatures: either(
      // The server waited in vain for a request that was sent: what was large of it got lost.
      answered("408", "request time-?out"),
      says(
        "client.timeout",
        "request canceled while waiting for connection",
        "timeout awaiting response headers",
        "http2: client connection lost",
      ),
    ),
  },
];

/** Who gave up first is known, why is not. */
export const GAVE_UP: readonly Rule[] = [
  {
    label: "pull.cancelled",
    signatures: either(
      matches(
        /\b(?:context|request|operation was) cancell?ed\b/,
        /\bcode = (?:deadlineexceeded|canceled)\b/,
        /\bno progress (?:in|for)\b/,
      ),
      says("context deadline exceeded", "use of closed network connection"),
    ),
  },
  // A dial cut off by whoever kept the text.
  {
    label: "network.unreachable",
    signatures: finds("a peer without a reason", (text) => tcpPeers(text)[0]?.start ?? -1),
  },
  // Wrappers of the kubelet around nothing that is known.
  {
    label: "registry.unavailable",
    signatures: says("registry is unavailable", "registryunavailable"),
  },
  {
    label: "runtime.unavailable",
    signatures: says("failed to inspect image", "imageinspecterror"),
  },
];
