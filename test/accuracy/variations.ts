// Hosts, addresses, failures and wrappings to vary a message by; what is expected comes from them.
import fc from "fast-check";
import type { Label } from "../../agent/classify/classify.ts";

/** Public names; each part would be a cause if the software itself had said it. */
export const aHost = fc
  .tuple(
    fc.constantFrom("registry-1", "denied", "eof-401", "mirror", "x509"),
    fc.constantFrom("docker.io", "example.org", "corp.example", "azurecr.example"),
  )
  .map((parts) => parts.join("."));

const aByte = fc.integer({ min: 1, max: 254 });
export const aPort = fc.integer({ min: 1_024, max: 65_535 });
export const aPublicV4 = fc
  .tuple(fc.constantFrom(34, 52, 104, 198), aByte, aByte, aByte)
  .map((bytes) => bytes.join("."));
export const aPublicV6 = fc
  .tuple(fc.constantFrom("2600:1f18", "2606:4700", "2a03:2880"), aByte, aByte)
  .map(([net, a, b]) => `[${net}::${a.toString(16)}:${b.toString(16)}]`);

export const aLocalV4 = fc.oneof(
  fc.constant("0.0.0.0"),
  fc.tuple(aByte, aByte, aByte).map((bytes) => `127.${bytes.join(".")}`),
);
export const aLocalV6 = fc.constantFrom("[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]");

/** How a socket call to a peer fails, on Linux and on Windows. */
export const FAILURES: readonly (readonly [Label, (peer: string) => string])[] = [
  ["network.refused", (peer) => `dial tcp ${peer}: connect: connection refused`],
  [
    "network.refused",
    (peer) =>
      `dial tcp ${peer}: connectex: No connection could be made because the target machine actively refused it.`,
  ],
  ["network.tcp_timeout", (peer) => `dial tcp ${peer}: i/o timeout`],
  ["network.tcp_timeout", (peer) => `dial tcp ${peer}: connect: connection timed out`],
  [
    "network.tcp_timeout",
    (peer) =>
      `dial tcp ${peer}: connectex: A connection attempt failed because the connected party did not properly respond after a period of time, or established connection failed because connected host has failed to respond.`,
  ],
  ["network.unreachable", (peer) => `dial tcp ${peer}: connect: network is unreachable`],
  ["network.reset", (peer) => `read tcp ${peer}: read: connection reset by peer`],
  [
    "network.reset",
    (peer) =>
      `read tcp ${peer}: wsarecv: An existing connection was forcibly closed by the remote host.`,
  ],
];

/** Failures of the path that name no peer. */
export const SILENCES: readonly (readonly [Label, string])[] = [
  ["network.tls_timeout", "net/http: TLS handshake timeout"],
  ["network.reset", "EOF"],
  [
    "network.http_timeout",
    "net/http: request canceled (Client.Timeout exceeded while awaiting headers)",
  ],
];

/** How each client says whom it asked; `cause` follows. */
export const REQUESTS: readonly ((authority: string, cause: string) => string)[] = [
  (at, cause) =>
    `failed to pull and unpack image "x/a:1": failed to resolve reference "x/a:1": failed to do request: Head "https://${at}/v2/a/manifests/1": ${cause}`,
  (at, cause) =>
    `failed to pull and unpack image "x/a:1": failed to copy: httpReadSeeker: failed open: failed to do request: Get https://${at}/v2/a/blobs/sha256:40?ns=docker.io: ${cause}`,
  (at, cause) =>
    `initializing source docker://x/a:1: pinging container registry ${at}: Get "https://${at}/v2/": ${cause}`,
  (at, cause) => `Error response from daemon: Get "https://${at}/v2/": ${cause}`,
  (at, cause) =>
    `CannotPullContainerError: Error response from daemon: Get https://${at}/v2/: ${cause}`,
  (at, cause) =>
    `time="2025-02-27T11:24:58+08:00" level=info msg="trying next host" error="failed to do request: Head \\"https://${at}/v2/a/manifests/1?ns=docker.io\\": ${cause}" host=${at}`,
];

/** Of those, the ones that a kubelet may join with other errors. */
export const JOINABLE_REQUESTS = REQUESTS.slice(0, 4);

/** Around a whole error: the kubelet's, for pods and for their sandbox, of each runtime. */
export const WRAPPINGS: readonly ((error: string) => string)[] = [
  (error) => error,
  (error) => `Failed to pull image "x/a:1": rpc error: code = Unknown desc = ${error}`,
  (error) => `Back-off pulling image "x/a:1": ErrImagePull: ${error}`,
  (error) =>
    `Failed to create pod sandbox: rpc error: code = DeadlineExceeded desc = failed to get sandbox image "registry.k8s.io/pause:3.9": failed to pull image "registry.k8s.io/pause:3.9": ${error}`,
  (error) =>
    `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to start sandbox "4010fa503": failed to get sandbox image "rancher/mirrored-pause:3.6": failed to pull image "rancher/mirrored-pause:3.6": ${error}`,
  (error) =>
    `Failed to create pod sandbox: rpc error: code = Unknown desc = error creating pod sandbox with name "k8s_a_b_503_0": ${error}`,
  (error) =>
    `Failed create pod sandbox: rpc error: code = Unknown desc = failed pulling image "k8s.gcr.io/pause:3.1": ${error}`,
  (error) =>
    `Failed to create pod sandbox: rpc error: code = Unknown desc = unable to pull sandbox image "k8s.gcr.io/pause:3.2": ${error}`,
  (error) => `(combined from similar events): Failed to pull image “x/a:1”: ${error}`,
  (error) => `Fehler: Abbild „x/a:1“ konnte nicht geladen werden: ${error}`,
  (error) => `拉取镜像失败：${error}`,
];
