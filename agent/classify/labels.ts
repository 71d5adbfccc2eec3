/**
 * Every cause a pull error can name. `network.mtu` is never given to a text: no pull error says
 * MTU, only a probe can tell.
 */
export const LABELS = [
  "network.ipv6_path",
  "network.tls_timeout",
  "network.tcp_timeout",
  "network.refused",
  "network.unreachable",
  "network.reset",
  "network.http_timeout",
  "network.mtu",
  "dns.nxdomain",
  "dns.timeout",
  "dns.servfail",
  "dns.resolver_down",
  "dns.sinkhole",
  "tls.certificate",
  "tls.protocol_mismatch",
  "registry.rate_limited",
  "registry.unavailable",
  "registry.blob_corrupt",
  "auth.unauthorized",
  "auth.denied",
  "auth.token_expired",
  "image.not_found",
  "image.invalid_reference",
  "image.platform_mismatch",
  "image.unsupported_format",
  "image.never_pull",
  "node.disk_full",
  "runtime.unavailable",
  "runtime.unpack",
  "pull.qps_exceeded",
  "pull.cancelled",
  "proxy.error",
  "policy.rejected",
  "unknown.no_detail",
] as const;
export type Label = (typeof LABELS)[number];

/**
 * What a label is worth. `path`: the text blames the network path, the probe must prove it.
 * `text-decides`: the text is enough, a person has to act, probing adds nothing.
 * `probe`: the text leaves the cause open, only the probe decides.
 */
export type Kind = "path" | "text-decides" | "probe";

/** The kind of a label. */
export function kindOf(label: Label): Kind {
  switch (label) {
    case "network.ipv6_path":
    case "network.tls_timeout":
    case "network.tcp_timeout":
    case "network.refused":
    case "network.unreachable":
    case "network.reset":
    case "network.http_timeout":
    case "network.mtu":
      return "path";
    case "auth.unauthorized":
    case "auth.denied":
    case "auth.token_expired":
    case "image.not_found":
    case "image.invalid_reference":
    case "image.platform_mismatch":
    case "image.unsupported_format":
    case "image.never_pull":
    case "node.disk_full":
    case "runtime.unavailable":
    case "runtime.unpack":
    case "pull.qps_exceeded":
    case "proxy.error":
    case "policy.rejected":
      return "text-decides";
    case "dns.nxdomain":
    case "dns.timeout":
    case "dns.servfail":
    case "dns.resolver_down":
    case "dns.sinkhole":
    case "tls.certificate":
    case "tls.protocol_mismatch":
    case "registry.rate_limited":
    case "registry.unavailable":
    case "registry.blob_corrupt":
    case "pull.cancelled":
    case "unknown.no_detail":
      return "probe";
  }
}
