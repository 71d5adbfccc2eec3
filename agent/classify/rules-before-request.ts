// Causes that lie before any request to a registry: the reference, a policy, the kubelet's own
// limit, the container runtime, the proxy.
import type { Rule } from "./rule.ts";
import { either, matches, says } from "./rule.ts";
import { statusPatterns } from "./rules-registry-answer.ts";

/** The kubelet's and the reference parser's own refusals. */
export const REFERENCE: readonly Rule[] = [
  {
    label: "image.never_pull",
    signatures: says("is not present with pull policy of never", "errimageneverpull"),
  },
  {
    label: "image.invalid_reference",
    signatures: either(
      says(
        "invalid reference format",
        "couldn't parse image",
        "invalidimagename",
        "failed to apply default image tag",
        "repository name must be",
        "invalid repository name",
        "invalid tag format",
        "object required",
        "short-name resolution enforced",
        "name invalid:",
        "name_invalid",
      ),
      // A name without a registry, where none is configured for such names.
      matches(/\bdid not resolve to an alias\b|\bunqualified[ -](?:image|search)/),
    ),
  },
];

const HARBOR_REFUSES = [
  ...statusPatterns("412", "precondition failed"),
  String.raw`\bproject_?policy_?violation\b`,
].join("|");

/** Signatures, scanners and blocking policies: somebody decided that this image is not to run. */
export const POLICY: readonly Rule[] = [
  {
    label: "policy.rejected",
    signatures: either(
      says(
        "source image rejected",
        "signaturevalidationfailed",
        "signature validation failed",
        "signature was required",
        "due to configured policy",
        "not signed in notary",
        "image is not signed",
        "download blocking policy",
        "trust data",
      ),
      // Harbor answers 412 with this code; HEAD and some clients keep the number alone.
      matches(new RegExp(HARBOR_REFUSES)),
      matches(
        /\bimage verifier (?:\S{1,100} )?blocked pull of\b/,
        /\bregistry \S{1,260} is blocked in\b/,
      ),
      matches(/\bvulnerabilit(?:y|ies)\b.{1,200}\b(?:cannot be pulled|exempt|not allowed)\b/),
    ),
  },
  { label: "pull.qps_exceeded", signatures: says("pull qps exceeded") },
];

/** The local runtime: registries are never reached over a unix socket or gRPC. */
export const RUNTIME: readonly Rule[] = [
  {
    label: "runtime.unavailable",
    signatures: either(
      says(
        "dial unix",
        "read unix",
        "write unix",
        "cannot connect to the docker daemon",
        "docker daemon is not running",
        "docker_engine",
        "//./pipe/",
        ".pipecontainerd",
        "connect to podman",
        "error during connect",
        "all subconns are in transientfailure",
        'connection error: desc = "transport',
        "error reading from server",
        "transport is closing",
        "the connection is draining",
        "server is not initialized yet",
        "for api route and version",
        "unknown service runtime.",
        "keepalive ping failed to receive ack",
        "the client connection is closing",
        "unixhttpconnectionpool",
        // The node's own limits, met while it dialled.
        "too many open files",
        "cannot allocate memory",
        // No pull at all: the sandbox's own network failed before the image was asked for.
        "networkplugin cni",
        "to cni network",
        "failed to create pod network sandbox",
      ),
      matches(
        /\bfailed to (?:set ?up|destroy|tear ?down) (?:pod )?network for (?:sandbox|pod)\b/,
        /(?:^|[\s"':])(?:unix:\/)?\/[^\s"':]{0,200}\.sock\b/,
        /\.sock:? .{0,40}(?:refused|timeout|no such file)/,
        // socket(2) itself failed: no packet was sent.
        /\bdial tcp[46]? \S{1,80}: socket: (?:permission denied|operation not permitted)/,
      ),
    ),
  },
];

// Go's transport reports a proxy that refuses CONNECT by the bare reason phrase, without a number
// (net/http, Transport.dialConn); a registry's own status never shows so.
const REFUSED_CONNECT =
  /\b(?:get|head|post) "?URL\d{1,5}"?: (?:forbidden|bad request|method not allowed|internal server error|bad gateway|service unavailable|gateway time-?out|authenticationrequired)(?![\w:])/;

/** The proxy between node and registry. */
export const PROXY: readonly Rule[] = [
  {
    label: "proxy.error",
    signatures: either(
      says(
        "proxyconnect",
        "proxy authentication required",
        "proxy authorization required",
        "socks connect",
      ),
      matches(REFUSED_CONNECT, /(?:\bstatus(?: code)?:?|URL\d{1,5}"?:) 407\b/),
    ),
  },
];
