// How a request fails before it is answered, in the words of Go's net, net/http, crypto/tls and
// crypto/x509 and of the kernel's errno. Each stands behind `Head "URL": `.
import type { Classified } from "../../agent/classify/classified.ts";
import type { Label } from "../../agent/classify/classify.ts";
import type { Host } from "./hosts.ts";
import { PEERS, RESOLVERS } from "./hosts.ts";

/** `family` and `names` are null where the cause says nothing: then the URL's host counts. */
export type Cause = {
  readonly label: Label;
  readonly text: string;
  readonly family: Classified["family"] | null;
  readonly names: string | null;
};

// Of a peer that is an IPv6 literal each of these is network.ipv6_path.
const SOCKET_FAILURES: readonly (readonly [Label, (peer: string) => string])[] = [
  ["network.tcp_timeout", (peer) => `dial tcp ${peer}: i/o timeout`],
  ["network.tcp_timeout", (peer) => `dial tcp ${peer}: connect: connection timed out`],
  ["network.refused", (peer) => `dial tcp ${peer}: connect: connection refused`],
  ["network.refused", (peer) => `dial tcp ${peer}: getsockopt: connection refused`],
  ["network.unreachable", (peer) => `dial tcp ${peer}: connect: no route to host`],
  ["network.unreachable", (peer) => `dial tcp ${peer}: connect: network is unreachable`],
  ["network.unreachable", (peer) => `dial tcp ${peer}: connect: cannot assign requested address`],
  ["network.unreachable", (peer) => `dial tcp ${peer}: connect: permission denied`],
  ["network.unreachable", (peer) => `dial tcp ${peer}: connect: host is down`],
  ["network.reset", (peer) => `read tcp ${local(peer)}->${peer}: read: connection reset by peer`],
  ["network.reset", (peer) => `write tcp ${local(peer)}->${peer}: write: broken pipe`],
  ["network.tcp_timeout", (peer) => `read tcp ${local(peer)}->${peer}: i/o timeout`],
];

const GIVEN_UP = [
  (peer: string) => `dial tcp ${peer}: operation was canceled`,
  (peer: string) => `read tcp ${local(peer)}->${peer}: use of closed network connection`,
];

const WITHOUT_PEER: readonly (readonly [Label, string, string?])[] = [
  ["network.tls_timeout", "net/http: TLS handshake timeout"],
  ["network.tcp_timeout", "dial tcp: i/o timeout"],
  ["network.reset", "EOF"],
  ["network.reset", "http: server closed idle connection"],
  ["network.http_timeout", "net/http: timeout awaiting response headers"],
  [
    "network.http_timeout",
    "net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)",
  ],
  [
    "network.http_timeout",
    "context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
  ],
  ["network.http_timeout", "http2: client connection lost"],
  ["pull.cancelled", "context canceled"],
  ["pull.cancelled", "context deadline exceeded"],
  ["pull.cancelled", "net/http: request canceled"],
  ["tls.certificate", "x509: certificate signed by unknown authority"],
  [
    "tls.certificate",
    "tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-01-01T04:29:04Z is after 2025-12-31T23:59:59Z",
  ],
  [
    "tls.certificate",
    "x509: certificate is valid for a.example.org, not b.example.org",
    "b.example.org",
  ],
  ["tls.certificate", "remote error: tls: bad certificate"],
  ["tls.protocol_mismatch", "http: server gave HTTP response to HTTPS client"],
  ["tls.protocol_mismatch", "tls: first record does not look like a TLS handshake"],
  ["tls.protocol_mismatch", "remote error: tls: handshake failure"],
  ["tls.protocol_mismatch", String.raw`malformed HTTP response "\x15\x03\x01\x00\x02\x02"`],
  ["proxy.error", "Proxy Authentication Required"],
  ["proxy.error", "Service Unavailable"],
];

const LOOKUP_FAILURES: readonly (readonly [Label, (socket: string) => string])[] = [
  ["dns.nxdomain", () => "no such host"],
  ["dns.servfail", () => "server misbehaving"],
  ["dns.timeout", (socket) => `read udp ${socket}: i/o timeout`],
  ["dns.timeout", (socket) => `dial udp ${remote(socket)}: i/o timeout`],
  ["dns.resolver_down", (socket) => `read udp ${socket}: read: connection refused`],
  ["dns.resolver_down", (socket) => `dial udp ${remote(socket)}: connect: network is unreachable`],
];

/** All ways in which a request to a host may fail; a literal is never looked up. */
export function transportCauses(host: Host): Cause[] {
  return [
    ...WITHOUT_PEER.map(([label, text, names]) => ({
      label,
      text,
      family: null,
      names: names ?? null,
    })),
    ...PEERS.flatMap(({ address, named, family }) => [
      ...SOCKET_FAILURES.map(([label, text]): Cause => ({
        label: family === "v6" ? "network.ipv6_path" : label,
        text: text(address),
        family,
        names: named,
      })),
      ...GIVEN_UP.map((text): Cause => ({
        label: "pull.cancelled",
        text: text(address),
        family,
        names: named,
      })),
      // The peer is the proxy: no host that could be probed as a registry.
      ...SOCKET_FAILURES.map(([, text]): Cause => ({
        label: "proxy.error",
        text: `proxyconnect tcp: ${text(address)}`,
        family,
        names: null,
      })),
    ]),
    ...(host.family === "none" ? lookupCauses(host) : []),
  ];
}

function lookupCauses(host: Host): Cause[] {
  const name = host.inUrl.replace(/:\d+$/, "");
  return RESOLVERS.flatMap(({ on, socket, family }) =>
    LOOKUP_FAILURES.map(([label, reason]) => ({
      label,
      text: `dial tcp: lookup ${name}${on}: ${reason(socket)}`,
      family,
      names: name.toLowerCase(),
    })),
  );
}

function local(peer: string): string {
  return peer.startsWith("[") ? "[2001:db8::9]:50298" : "10.0.0.9:50298";
}

function remote(socket: string): string {
  return socket.slice(socket.indexOf("->") + 2);
}
