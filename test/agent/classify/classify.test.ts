import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Kind } from "../../../agent/classify/classify.ts";
import { classify, kindOf, LABELS } from "../../../agent/classify/classify.ts";

const Family = z.enum(["v4", "v6", "none"]);
const Row = z.object({
  id: z.string(),
  message: z.string(),
  label: z.enum(LABELS),
  path_related: z.boolean(),
  ipv6_evidence: Family,
});
const rows = readFileSync(new URL("../../fixtures/pull-errors.dev.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => Row.parse(JSON.parse(line)));

const HUB = "registry-1.docker.io";
const HEAD = `failed to resolve reference "docker.io/library/redis:7": failed to do request: Head "https://${HUB}/v2/library/redis/manifests/7"`;
const REG = "reg.example.org:5000";
const PING = `Error response from daemon: Get "https://${REG}/v2/"`;
const ORG = "reg.example.org";
const GOT = `unexpected status from HEAD request to https://${ORG}/v2/a/manifests/1`;
const V6 = "[2600:1f18:2148:bc00::7]";

// Written from the grammar of Go's net, net/http and x509, of the runtimes and of the kubelet.
// One a line: label, failing host, family of the peer, message.
const cases = `
network.ipv6_path ${HUB} v6 ${HEAD}: dial tcp ${V6}:443: i/o timeout
network.ipv6_path ${HUB} v6 ${HEAD}: dial tcp ${V6}:443: connect: connection refused
network.ipv6_path ${HUB} v6 ${HEAD}: dial tcp ${V6}:443: connect: permission denied
network.ipv6_path ${HUB} v6 ${HEAD}: write tcp [2001:db8::9]:40112->${V6}:443: write: broken pipe
network.ipv6_path [2001:db8::5]:5000 v6 Get "https://[2001:db8::5]:5000/v2/": dial tcp [2001:db8::5]:5000: connect: no route to host
network.tls_timeout ${HUB} none ${HEAD}: net/http: TLS handshake timeout
network.tls_timeout ${REG} none ${PING}: net/http: TLS handshake timeout
network.tcp_timeout ${REG} v4 ${PING}: dial tcp 198.51.100.4:5000: i/o timeout
network.tcp_timeout ${HUB} none ${HEAD}: dial tcp: i/o timeout
network.tcp_timeout 198.51.100.4 v4 writing blob: read tcp 10.0.0.2:33444->198.51.100.4:443: read: connection timed out
network.refused ${REG} v4 ${PING}: dial tcp 198.51.100.4:5000: connect: connection refused
network.refused auth.docker.io v4 ${HEAD}: Get "https://auth.docker.io/token?scope=repository%3Aa%3Apull&service=registry.docker.io": dial tcp 198.51.100.8:443: connect: connection refused
network.unreachable ${REG} v4 ${PING}: dial tcp 198.51.100.4:5000: connect: host is down
network.unreachable ${HUB} none ${HEAD}: connect: network is unreachable
network.unreachable ${HUB} v4 ${HEAD}: dial tcp 198.51.100.4:443
network.reset ${REG} none ${PING}: EOF
network.reset ${HUB} v4 ${HEAD}: read tcp 10.0.0.2:5000->198.51.100.4:443: wsarecv: An existing connection was forcibly closed by the remote host.
network.http_timeout ${REG} none ${PING}: net/http: request canceled (Client.Timeout exceeded while awaiting headers)
network.http_timeout ${HUB} none ${HEAD}: net/http: timeout awaiting response headers
dns.nxdomain ${HUB} v6 ${HEAD}: dial tcp: lookup ${HUB} on [2001:db8::53]:53: no such host
dns.nxdomain reg v4 dial tcp: lookup reg on 10.0.0.1:53: no such host
dns.timeout ${HUB} none ${HEAD}: dial tcp: lookup ${HUB}: i/o timeout
dns.timeout ${HUB} v4 ${HEAD}: dial tcp: lookup ${HUB} on 10.0.0.1:53: dial udp 10.0.0.1:53: i/o timeout
dns.servfail ${HUB} none ${HEAD}: dial tcp: lookup ${HUB}: Try again
dns.servfail ${HUB} v4 ${HEAD}: dial tcp: lookup ${HUB} on 10.0.0.1:53: server misbehaving
dns.resolver_down ${HUB} v4 ${HEAD}: dial tcp: lookup ${HUB} on 10.0.0.1:53: read udp 10.0.0.2:40000->10.0.0.1:53: read: connection refused
dns.sinkhole ${HUB} v4 ${HEAD}: dial tcp 0.0.0.0:443: connect: connection refused
tls.certificate ${REG} none ${PING}: tls: failed to verify certificate: x509: certificate is valid for a.example.org, not b.example.org
tls.certificate reg.example.net none x509: certificate is valid for a.example.org, not reg.example.net
tls.protocol_mismatch ${REG} none ${PING}: tls: first record does not look like a TLS handshake
tls.protocol_mismatch ${REG} none ${PING}: remote error: tls: handshake failure
registry.rate_limited ${ORG} none ${GOT}: 429 Too Many Requests\\ntoomanyrequests: see https://www.example.com/limits
registry.rate_limited - none toomanyrequests: Rate exceeded
registry.unavailable ${ORG} none ${GOT}: 503 Service Unavailable
registry.unavailable ${ORG} none ${GOT}: 522
registry.unavailable - none Requesting bearer token: invalid status code from registry 504 (Gateway Timeout)
registry.unavailable - none RegistryUnavailable: image pull failed for a/b:1 because the registry is unavailable: gone
registry.blob_corrupt - none failed commit on ref "layer-sha256:4291": unexpected commit digest sha256:401, expected sha256:403: failed precondition
registry.blob_corrupt - none filesystem layer verification failed for digest sha256:0a
auth.unauthorized ${ORG} none failed to authorize: failed to fetch anonymous token: ${GOT}: 401 Unauthorized
auth.unauthorized ${REG} none ${PING}: unauthorized: incorrect username or password
auth.denied ${ORG} none ${GOT}: 403 Forbidden
auth.denied - none pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed
auth.token_expired ${ORG} none ${GOT}: 403 Forbidden - Server message: denied: Your authorization token has expired
image.not_found - none rpc error: code = NotFound desc = failed to resolve reference "${ORG}/a/b:9": ${ORG}/a/b:9: not found
image.not_found - none reading manifest 9 in ${ORG}/a/b: name unknown: repository not known
image.invalid_reference - none Failed to apply default image tag "https://${ORG}/a": couldn't parse image name "https://${ORG}/a": invalid reference format
image.platform_mismatch - none choosing image instance: no image found in manifest list for architecture "arm64", variant "v8", OS "linux"
image.unsupported_format - none unsupported MediaType: application/vnd.cncf.helm.config.v1+json
image.never_pull - none Container image "${ORG}/a:1" is not present with pull policy of Never
node.disk_full - none failed to extract layer sha256:0a: failed to unpack image on snapshotter overlayfs: write /x/429: no space left on device
runtime.unavailable - none connection error: desc = "transport: Error while dialing: dial unix /run/crio/crio.sock: connect: no such file or directory"
runtime.unavailable - v4 ${PING}: dial tcp 198.51.100.4:5000: socket: too many open files
runtime.unpack - none failed to register layer: symlink /a /b: operation not permitted
pull.qps_exceeded - none Failed to pull image "${ORG}/a:1": pull QPS exceeded
pull.cancelled ${HUB} none ${HEAD}: context canceled
pull.cancelled ${HUB} v6 ${HEAD}: dial tcp ${V6}:443: operation was canceled
proxy.error ${HUB} v6 ${HEAD}: proxyconnect tcp: dial tcp [2001:db8::80]:3128: connect: connection refused
proxy.error ${HUB} none ${HEAD}: proxyconnect tcp: dial tcp: lookup proxy.example.org: no such host
proxy.error ${HUB} none ${HEAD}: Proxy Authentication Required
policy.rejected ${ORG} none ${GOT}: 412 Precondition Failed - Server message: PROJECT_POLICY_VIOLATION: current image with "Critical" vulnerability cannot be pulled
policy.rejected - none Source image rejected: Running image docker://${ORG}/a:1 is rejected by policy.
unknown.no_detail - none Back-off pulling image "${ORG}/a:1"
unknown.no_detail - none Error: ImagePullBackOff`
  .trim()
  .split("\n")
  .map((line) => {
    const [label, host, family, ...message] = line.split(" ");
    const expected = { label, host: host === "-" ? null : host, family };
    return { message: message.join(" "), expected };
  });

describe("on the collected messages", () => {
  it.each(["label", "ipv6_evidence"] as const)("at least 98 %% are right for %s", (field) => {
    const wrong = rows.filter((row) => {
      const { label, family } = classify(row.message);
      return row[field] !== (field === "label" ? label : family);
    });

    expect(wrong.length / rows.length, wrong.map((row) => row.id).join()).toBeLessThanOrEqual(0.02);
  });

  it("no cause off the path is ever blamed on the path", () => {
    const blamed = rows.filter(
      (row) => !row.path_related && kindOf(classify(row.message).label) === "path",
    );

    expect(blamed.map((row) => row.id)).toEqual([]);
  });
});

describe("on messages written from the grammar", () => {
  it.each(cases)("$expected.label, $expected.family: $message", ({ message, expected }) => {
    expect(classify(message)).toEqual(expected);
  });

  it("every label occurs but the one that only a probe can give", () => {
    const given = new Set(cases.map(({ expected }) => expected.label));

    expect(LABELS.filter((label) => !given.has(label))).toEqual(["network.mtu"]);
  });

  it.each([
    'Failed to pull image "a/denied:1": …',
    'Back-off pulling image "x509:1": ErrImagePull: …',
    "Failed to pull image “eof:429”: rpc error: code = Unknown desc = …",
    "rpc error: code = NotFound desc = …",
    'Failed to create pod sandbox: failed to get sandbox image "pause:3.9": …',
    "(HTTP code 500) server error - …",
    'API error (500): {"message":"…"}',
    "pull image err: …; artifact err: manifest unknown",
    "(Mirrors also failed: [m.example.org/a:1: 403 (Forbidden)]): docker.io/a:1: …",
    "[…, …]",
  ])("the wrapper %s changes nothing", (wrapper) => {
    const bare = cases.filter(({ expected }) =>
      /^(?:network|dns|tls|auth)/.test(`${expected.label}`),
    );

    const changed = bare.filter(({ message, expected }) => {
      const quoted = wrapper.includes('"…"') ? message.replaceAll('"', '\\"') : message;
      const { label, host, family } = classify(wrapper.replaceAll("…", quoted));
      return label !== expected.label || host !== expected.host || family !== expected.family;
    });

    expect(changed).toEqual([]);
  });
});

describe("traps", () => {
  it.each([
    'Failed to pull image "a/b:429-denied"',
    "manifest denied:401 of eof:500 seen",
    `reading a@sha256:${"403429500".repeat(7)}a`,
    "GET https://x.example.org/v2/unauthorized/401/denied",
    "2026-04-01T04:03:42.500Z 429 ms",
    "Get https://192.0.2.1:401/v2/",
    "500 Server Error for http+docker://localhost/v1.43/images/create?x=403: Internal Server Error",
    "via direct connection because static system has no HTTPS proxy",
  ])("%s is no answer of a registry", (before) => {
    expect(classify(`${before}: net/http: TLS handshake timeout`).label).toBe(
      "network.tls_timeout",
    );
  });

  it.each([
    [
      "an IPv6 literal in an image name is no evidence",
      'Failed to pull image "[2001:db8::1]:5000/a:1": unexpected EOF',
      { label: "registry.blob_corrupt", host: null, family: "none" },
    ],
    [
      "an IPv6 peer beats an IPv4 peer in joined errors",
      `[${HEAD}: dial tcp 192.0.2.4:443: i/o timeout, ${HEAD}: dial tcp ${V6}:443: i/o timeout]`,
      { label: "network.ipv6_path", host: HUB, family: "v6" },
    ],
    [
      "an answer to one credential hides no failure of the path in joined errors",
      `[${HEAD}: net/http: TLS handshake timeout, ${GOT}: 401 Unauthorized]`,
      { label: "network.tls_timeout", host: HUB },
    ],
    [
      "credentials in a URL never show in the host",
      "Get https://joe:secret@Reg.example.org:443/v2/?a=b@c: EOF",
      { host: ORG },
    ],
    [
      "the cause at the end of a long page is still read",
      `Failed to pull: ${"<p>page</p>\n".repeat(20_000)}: no such host`,
      { label: "dns.nxdomain" },
    ],
  ])("%s", (_name, message, expected) => {
    expect(classify(message)).toMatchObject(expected);
  });
});

it.each<[Kind, string]>([
  ["path", "network"],
  ["text-decides", "auth image node policy proxy pull.qps_exceeded runtime"],
  ["probe", "dns pull.cancelled registry tls unknown"],
])("the kind %s holds the labels of %s", (kind, names) => {
  const held = LABELS.filter((label) => kindOf(label) === kind);

  expect(held).toEqual(
    LABELS.filter((label) => names.split(" ").some((name) => label.startsWith(name))),
  );
});
