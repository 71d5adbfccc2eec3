// What is wrong, in a few words, for a headline: `Docker Hub: TLS over IPv6 stalls`. Pure.
import type { JobView } from "../jobs/job-view.ts";
import type { PodStory, Report } from "../protocol/report.ts";
import type { Story } from "./story.ts";

/** By the agent's verdict; one of a newer agent is shown as it is. */
const CAUSES: Readonly<Record<string, string>> = {
  "ipv4-lost": "IPv4 is down behind the rule",
  "ipv6-tls-stall": "TLS over IPv6 stalls",
  "ipv6-tls-reset": "TLS over IPv6 is reset",
  "ipv6-wrong-certificate": "wrong certificate over IPv6",
  "path-mtu": "large packets are lost (MTU)",
  "ipv6-stall-everywhere": "IPv6 stalls at every host",
  "ipv6-partial": "IPv6 fails in part",
  "ipv6-http-fault": "HTTP over IPv6 fails",
  "ipv6-blob-stall": "image layers stall over IPv6",
  "not-covered": "IPv6 fails, and the rule does not cover it",
  "rule-ineffective": "the rule has no effect",
  "ipv4-down": "IPv4 is down, IPv6 works",
  "stall-everywhere": "TLS completes nowhere",
  "site-offline": "the site is offline",
  "clock-skew": "the node's clock is wrong",
  "proxy-in-path": "pulls go through a proxy",
  "dns-sinkhole": "the name is blocked by DNS",
  "dns-poisoned": "DNS answers falsely",
  "dns-failure": "DNS does not answer",
  "no-ipv4": "the node has no IPv4",
  "registry-stalls": "TLS stalls at this registry alone",
  "registry-unreachable": "the registry is unreachable",
  "registry-down": "the registry answers with errors",
  "tls-certificate": "the certificate is not valid",
  "rate-limited": "pull limit reached",
  "rule-active": "the rule is in place, IPv4 works",
  inconclusive: "nothing is proven",
  "not-seen-here": "works from the agent's node",
  "ipv6-not-preferred": "the node prefers IPv4",
  "ipv6-unreachable": "IPv6 does not connect, IPv4 works",
  "no-ipv6": "no IPv6 here, IPv4 works",
  "ipv6-slow": "IPv6 is slow",
  "healthy-now": "the path is healthy",
  "nothing-failing": "no pod waits for an image",
  "could-not-look": "the pods could not be read",
  "network.ipv6_path": "IPv6 path",
  "network.tls_timeout": "TLS handshake timeout",
  "network.tcp_timeout": "connection timeout",
  "network.refused": "connection refused",
  "network.unreachable": "network unreachable",
  "network.reset": "connection reset",
  "network.http_timeout": "no answer in time",
  "dns.nxdomain": "name not found",
  "dns.timeout": "DNS timeout",
  "dns.servfail": "DNS failure",
  "dns.resolver_down": "resolver down",
  "dns.sinkhole": "name blocked by DNS",
  "tls.certificate": "certificate not valid",
  "registry.rate_limited": "pull limit reached",
  "registry.unavailable": "registry unavailable",
  "unknown.no_detail": "no detail",
  "auth.unauthorized": "credentials are missing or wrong",
  "auth.denied": "access denied",
  "auth.token_expired": "credentials have expired",
  "image.not_found": "image not found",
  "image.invalid_reference": "image name is not valid",
  "image.platform_mismatch": "no image for this CPU",
  "image.unsupported_format": "image format is not supported",
  "image.never_pull": "the pod forbids pulls",
  "node.disk_full": "the node's disk is full",
  "runtime.unavailable": "the container runtime is down",
  "runtime.unpack": "the image cannot be unpacked",
  "pull.qps_exceeded": "the kubelet's own pull limit",
  "proxy.error": "the proxy fails",
  "policy.rejected": "a policy forbids the image",
};

/** What the verdict means in a few words; null if nothing was looked at, or it is no name of a verdict. */
export function causeWords(verdict: string): string | null {
  if (verdict === "not-looked") return null;
  return CAUSES[verdict] ?? (/^[\w.-]{1,60}$/.test(verdict) ? verdict : null);
}

/** What people call the registry of this host. */
export function registryName(host: string): string {
  return /(^|\.)docker\.(io|com)$/.test(host) ? "Docker Hub" : host;
}

/** The host that the verdict is about: its own, the one that the job names, or that of its pods. */
export function failingHost(report: Report, registry: string | null): string | null {
  const own = report.verdicts.find(({ name }) => name === report.verdict)?.host ?? null;
  return own ?? registry ?? concerned(report)[0]?.host ?? null;
}

/** Those that the verdict is about come first. */
export function concerned({ pods, verdict, verdicts }: Report): PodStory[] {
  const host = verdicts.find(({ name }) => name === verdict)?.host ?? null;
  const rank = ({ decision, label, host: at }: PodStory): number =>
    (decision === "restart" ? 0 : 2) + (label === verdict || (at !== null && at === host) ? 0 : 1);
  return pods.toSorted((a, b) => rank(a) - rank(b));
}

/** `Docker Hub: TLS over IPv6 stalls`; null while nothing is known. */
export function headlineCause({ job, report }: Pick<Story, "job" | "report">): string | null {
  if (report === null || report === "unreadable") return null;
  const host = failingHost(report, job.registry);
  return causeAt({ kind: job.kind, verdict: report.verdict, host });
}

/** The same of what a list knows. An undo measures nothing. */
export function causeAt(found: {
  readonly kind: JobView["kind"];
  readonly verdict: string | null;
  readonly host: string | null;
}): string | null {
  const { kind, verdict, host } = found;
  if (kind === "withdraw" || verdict === null || verdict === "nothing-failing") return null;
  const cause = causeWords(verdict);
  if (cause === null) return null;
  // What is no host name may be anything, and a headline is no place for it.
  return host === null || !/^[\w.:[\]-]{1,80}$/.test(host)
    ? cause
    : `${registryName(host)}: ${cause}`;
}
