// Causes that lie before any request to a registry: the reference, a policy, the kubelet's own
// limit, the container runtime, the proxy.
import type { Rule } from "./rule.ts";
import { either, matches, says } from "./rule.ts";

/** The kubelet's and the reference parser's own refusals. */
export const REFERENCE: readonly Rule[] = [
  {
    label: "image.never_pull",
    find: says("is not present with pull policy of never", "errimageneverpull"),
  },
  {
    label: "image.invalid_reference",
    find: says(
      "invalid reference format",
      "couldn't parse image",
      "invalidimagename",
      "failed to apply default image tag",
      "repository name must be",
      "invalid repository name",
      "invalid tag format",
      "object required",
      "did not resolve to an alias",
      "short-name resolution enforced",
    ),
  },
];

/** Signatures, scanners and blocking policies: somebody decided that this image is not to run. */
export const POLICY: readonly Rule[] = [
  {
    label: "policy.rejected",
    find: either(
      says(
        "source image rejected",
        "signaturevalidationfailed",
        "signature validation failed",
        "signature was required",
        "project_policy_violation",
        "projectpolicyviolation",
        "due to configured policy",
        "not signed in notary",
        "image is not signed",
        "download blocking policy",
        "trust data",
      ),
      matches(/\bvulnerabilit(?:y|ies)\b.{1,200}\b(?:cannot be pulled|exempt|not allowed)\b/),
    ),
  },
  { label: "pull.qps_exceeded", find: says("pull qps exceeded") },
];

/** The local runtime: registries are never reached over a unix socket or gRPC. */
export const RUNTIME: readonly Rule[] = [
  {
    label: "runtime.unavailable",
    find: either(
      says(
        "dial unix",
        "read unix",
        "write unix",
        "cannot connect to the docker daemon",
        "docker daemon is not running",
        "docker_engine",
        "error during connect",
        "all subconns are in transientfailure",
        'connection error: desc = "transport',
        "error reading from server",
        "transport is closing",
        "the connection is draining",
        "server is not initialized yet",
        "for api route and version",
        "unknown service runtime.",
        // The node's own limits, met while it dialled.
        "too many open files",
        "cannot allocate memory",
        // No pull at all: the sandbox's own network failed before the image was asked for.
        "failed to setup network for sandbox",
        "networkplugin cni",
      ),
      matches(
        /(?:^|[\s"':])(?:unix:\/)?\/[^\s"':]{0,200}\.sock\b/,
        /\.sock:? .{0,40}(?:refused|timeout|no such file)/,
      ),
    ),
  },
];

// Go's transport reports a proxy that refuses CONNECT by the bare reason phrase, without a number
// (net/http, Transport.dialConn).
const REFUSED_CONNECT =
  /\b(?:get|head|post) "?URL\d{1,5}"?: (?:forbidden|bad gateway|service unavailable|gateway timeout|proxy authentication required)(?![\w:])/;

/** The proxy between node and registry. */
export const PROXY: readonly Rule[] = [
  {
    label: "proxy.error",
    find: either(
      says("proxyconnect", "proxy authentication required", "socks connect"),
      matches(REFUSED_CONNECT, /\bstatus(?: code)?:? 407\b/),
    ),
  },
];
