// Failures of the connection. Only what no rule before explained comes here, so that nothing that
// a registry, a resolver or this node said is ever blamed on the path.
import { tcpPeers } from "./peers.ts";
import type { Rule } from "./rule.ts";
import { either, finds, matches, says } from "./rule.ts";

const GIVEN_UP =
  /^: (?:operation was cancell?ed|context cancell?ed|use of closed network connection)/;
const GIVEN_UP_CHARS = 40;

/** An IPv6 peer whose connection failed; one that the client itself gave up says nothing. */
function failedIpv6Peer(text: string): number {
  const peer = tcpPeers(text).find(
    ({ family, end }) => family === "v6" && !GIVEN_UP.test(text.slice(end, end + GIVEN_UP_CHARS)),
  );
  return peer?.start ?? -1;
}

/** Socket calls: refused, no way, cut, silent. */
export const SOCKET: readonly Rule[] = [
  { label: "network.ipv6_path", signatures: finds("a failed IPv6 peer", failedIpv6Peer) },
  { label: "network.refused", signatures: says("connection refused", "actively refused") },
  {
    label: "network.unreachable",
    signatures: says(
      "no route to host",
      "network is unreachable",
      "cannot assign requested address",
      "host is unreachable",
      "host is down",
      "unreachable network",
      "unreachable host",
      // A router that refuses a packet as administratively prohibited shows as EACCES.
      "connect: permission denied",
      "connect: operation not permitted",
    ),
  },
  {
    label: "network.reset",
    signatures: says(
      "connection reset by peer",
      "forcibly closed by the remote host",
      "write: broken pipe",
      "server closed idle connection",
      "software caused connection abort",
    ),
  },
  {
    label: "network.tcp_timeout",
    signatures: either(
      says(
        "i/o timeout",
        "connection timed out",
        "operation timed out",
        "did not properly respond after a period of time",
      ),
      matches(/\bdial tcp[46]? \S{1,80}: context deadline exceeded/),
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
    signatures: says(
      "client.timeout",
      "request canceled while waiting for connection",
      "timeout awaiting response headers",
      "http2: client connection lost",
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
