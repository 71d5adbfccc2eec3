// Wordings that the collected messages lack, by the code base they come from: label, failing host
// (- for none), family of the peer, message.
import { expect, it } from "vitest";
import { classify } from "../../../agent/classify/classify.ts";

const REG = "reg.example.org";
const GET = `Get "https://${REG}/v2/"`;
const HEAD = `failed to do request: Head "https://${REG}/v2/a/manifests/1"`;
const FROM = `unexpected status from HEAD request to https://${REG}/v2/a/manifests/1`;
const DIGEST = "sha256:401403429500503aa94fb4fc21fe77e8310c060f61caaff8a5b4dfe4e88812aa";

const rows = `
# golang/go: net, as Windows and the cgo resolver word it
dns.nxdomain ${REG} none dial tcp: lookup ${REG}: dnsquery: DNS name does not exist.
dns.nxdomain ${REG} none dial tcp: lookup ${REG}: getaddrinfow: The requested name is valid, but no data of the requested type was found.
dns.nxdomain ${REG} none ${GET}: dial tcp: lookup ${REG}: No address associated with hostname
dns.servfail ${REG} none dial tcp: lookup ${REG}: getaddrinfow: This is usually a temporary error during hostname resolution and means that the local server did not receive a response from an authoritative server.
dns.servfail ${REG} v4 dial tcp: lookup ${REG} on 10.0.0.1:53: cannot unmarshal DNS message
dns.servfail ${REG} v4 dial tcp: lookup ${REG} on 10.0.0.1:53: no answer from DNS server
dns.servfail ${REG} none ${GET}: dial tcp: lookup ${REG}: device or resource busy
dns.resolver_down ${REG} v4 ${GET}: dial tcp: lookup ${REG} on 10.0.0.1:53: write udp 10.0.0.2:4000->10.0.0.1:53: write: operation not permitted
dns.resolver_down ${REG} v4 ${GET}: dial tcp: lookup ${REG} on 10.0.0.1:53: dial udp 10.0.0.1:53: socket: permission denied
dns.timeout ${REG} v4 ${GET}: dial tcp: lookup ${REG} on 10.0.0.1:53: context deadline exceeded
network.unreachable ${REG} v4 ${GET}: dial tcp 192.0.2.1:443: connectex: A socket operation was attempted to an unreachable network.
network.refused ${REG} v4 ${GET}: dial tcp 192.0.2.1:443: connectex: No connection could be made because the target machine actively refused it.
network.tcp_timeout ${REG} v4 ${GET}: dial tcp 192.0.2.1:443: connectex: A connection attempt failed because the connected party did not properly respond after a period of time, or established connection failed because connected host has failed to respond.
network.reset ${REG} v4 ${GET}: write tcp 10.0.0.2:4000->192.0.2.1:443: wsasend: An existing connection was forcibly closed by the remote host.
network.ipv6_path ${REG} v6 ${GET}: dial tcp [2001:db8::1]:443: socket: address family not supported by protocol
network.ipv6_path ${REG} v6 ${GET}: dial tcp [fe80::1%eth0]:443: connect: invalid argument
pull.cancelled ${REG} v4 ${GET}: dial tcp 192.0.2.1:443: operation was canceled
pull.cancelled ${REG} v4 ${GET}: write tcp 10.0.0.2:4000->192.0.2.1:443: use of closed network connection
runtime.unavailable - v4 ${GET}: dial tcp 192.0.2.1:443: socket: operation not permitted
runtime.unavailable - v6 ${GET}: dial tcp [2001:db8::1]:443: socket: permission denied
# golang/go: net/http and its http2
network.http_timeout ${REG} none ${GET}: http2: timeout awaiting response headers
network.http_timeout ${REG} none failed to copy: ${GET}: context deadline exceeded (Client.Timeout or context cancellation while reading body)
network.reset ${REG} none ${GET}: http: server closed idle connection
network.reset ${REG} none ${GET}: net/http: HTTP/1.x transport connection broken: EOF
tls.protocol_mismatch ${REG} none ${GET}: net/http: HTTP/1.x transport connection broken: malformed HTTP status code "handshake"
tls.protocol_mismatch ${REG} none ${GET}: malformed HTTP version "SSH-2.0-OpenSSH_9.6"
tls.protocol_mismatch ${REG} none ${GET}: malformed HTTP response "\\x15\\x03\\x01\\x00\\x02\\x02"
registry.unavailable ${REG} none failed to copy: ${GET}: stream error: stream ID 5; INTERNAL_ERROR; received from peer
registry.unavailable ${REG} none ${GET}: http2: server sent GOAWAY and closed the connection; LastStreamID=1999, ErrCode=NO_ERROR, debug=""
proxy.error ${REG} none ${GET}: Internal Server Error
proxy.error ${REG} none ${GET}: Bad Request
proxy.error ${REG} none ${GET}: authenticationrequired
proxy.error ${REG} none ${GET}: Proxy Authorization Required
proxy.error ${REG} none ${GET}: proxyconnect tcp: tls: first record does not look like a TLS handshake
proxy.error ${REG} none ${GET}: proxyconnect tcp: EOF
proxy.error ${REG} v4 ${GET}: socks connect tcp 127.0.0.1:1080->${REG}:443: dial tcp 127.0.0.1:1080: connect: connection refused
unknown.no_detail ${REG} none ${GET}: stopped after 10 redirects
# golang/go: crypto/x509 and crypto/tls
tls.certificate ${REG} none ${GET}: tls: failed to verify certificate: x509: certificate signed by unknown authority (possibly because of "crypto/rsa: verification error" while trying to verify candidate authority certificate "Corp 401 Unauthorized CA")
tls.certificate ${REG} none ${GET}: x509: certificate has expired or is not yet valid: current time 2026-01-01T04:03:42Z is after 2025-12-31T23:59:59Z
tls.certificate ${REG} none ${GET}: x509: certificate relies on legacy Common Name field, use SANs instead
tls.certificate ${REG} none ${GET}: tls: failed to parse certificate from server: x509: negative serial number
tls.certificate ${REG} none ${GET}: remote error: tls: unknown certificate authority
tls.certificate 192.0.2.1 v4 x509: cannot validate certificate for 192.0.2.1 because it doesn't contain any IP SANs
tls.protocol_mismatch ${REG} none ${GET}: remote error: tls: unrecognized name
tls.protocol_mismatch ${REG} none ${GET}: remote error: tls: access denied
tls.protocol_mismatch ${REG} none ${GET}: tls: server selected unsupported protocol version 301
# containerd/containerd 1.x and 2.x
image.not_found - none failed to copy: httpReadSeeker: failed open: could not fetch content descriptor ${DIGEST} (application/vnd.oci.image.layer.v1.tar+gzip) from remote: not found
image.not_found ${REG} none failed to copy: httpReadSeeker: failed open: content at https://${REG}/v2/a/manifests/${DIGEST} not found: not found
auth.unauthorized - none failed to resolve reference "${REG}/a:1": pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials
auth.unauthorized ${REG} none failed to authorize: failed to fetch oauth token: unexpected status from POST request to https://${REG}/token: 401 Unauthorized
registry.unavailable ${REG} none ${FROM}: 525 <none>
unknown.no_detail - none failed to authorize: failed to fetch anonymous token: unable to decode token response: EOF
registry.unavailable ${REG} none ${FROM}: 400 Bad Request
network.http_timeout ${REG} none ${FROM}: 408 Request Timeout
runtime.unavailable - none failed to copy: failed to send write: rpc error: code = Unavailable desc = error reading from server: EOF: unavailable
runtime.unavailable - none rpc error: code = Unavailable desc = keepalive ping failed to receive ACK within timeout
runtime.unavailable - none rpc error: code = Canceled desc = grpc: the client connection is closing
runtime.unpack - none failed to commit snapshot extract-401-Oy6- ${DIGEST}: bucket does not exist: unknown
runtime.unpack - none unable to initialize unpacker: no unpack platforms defined: invalid argument
runtime.unpack - none failed to extract layer ${DIGEST}: failed to Lchown "/x" for UID 1000, GID 429 (try increasing the number of subordinate IDs in /etc/subuid and /etc/subgid): lchown /x: operation not permitted: unknown
registry.blob_corrupt - none failed to copy: unable to fetch descriptor (${DIGEST}) which reports content size of zero: invalid argument
runtime.unpack - none failed to extract layer ${DIGEST}: archive/tar: invalid tar header: unknown
policy.rejected - none failed to pull and unpack image "${REG}/a:1": image verifier bindir blocked pull of ${REG}/a:1 with digest ${DIGEST} for reason: unauthorized publisher
image.unsupported_format - none failed to get converter for "${REG}/a:1": Pulling Schema 1 images have been deprecated and disabled by default since containerd v2.0.
pull.cancelled - none cancel pulling image ${REG}/a:1 because of no progress in 5m0s
# containers/image, as CRI-O, Podman and Buildah print it
policy.rejected - none initializing source docker://${REG}/a:1: registry ${REG} is blocked in /etc/containers/registries.conf or /root/.config/containers/registries.conf
registry.unavailable ${REG} none pinging container registry ${REG}: StatusCode: 503, "<html><body>upstream connect error</body>"
registry.unavailable ${REG}:5000 none error pinging docker registry ${REG}:5000: invalid status code from registry 502 (Bad Gateway)
proxy.error ${REG} none pinging container registry ${REG}: ${GET}: Internal Server Error
runtime.unpack - none writing blob: adding layer with blob "${DIGEST}": Error processing tar file(exit status 1): Error while loading /: Permission denied
network.tcp_timeout 192.0.2.1 v4 pinging docker registry returned: dial tcp 192.0.2.1:443: i/o timeout
unknown.no_detail - none initializing source docker://${REG}/a:1: can't talk to a V1 container registry
image.unsupported_format - none parsing manifest: unsupported docker v2s2 media type: ""
image.unsupported_format - none Unsupported manifest MIME type "text/html; charset=utf-8"
registry.blob_corrupt - none writing blob: storing blob to file "/var/tmp/storage503/1": happened during read: Digest did not match, expected ${DIGEST}, got sha256:aa
auth.unauthorized - none unable to retrieve auth token: invalid username/password: unauthorized: Not Authorized
image.invalid_reference - none normalizing image: normalizing name "Reg/A": invalid reference format: repository name must be lowercase
image.invalid_reference - none short-name "a" did not resolve to an alias and no unqualified-search registries are defined in "/etc/containers/registries.conf"
image.platform_mismatch - none choosing an image from manifest list docker://${REG}/a:1: no image found in image index for architecture "arm64", variant "v8", OS "linux"
# moby/moby and docker/cli
image.unsupported_format - none mediaType in manifest should be 'application/vnd.docker.distribution.manifest.v2+json' not ''
image.platform_mismatch - none image with reference ${REG}/a:1 was found but does not provide the specified platform (linux/arm64/v8)
image.platform_mismatch - none The container operating system does not match the host operating system.
image.not_found - none Tag 4.2.9 not found in repository docker.io/library/a
auth.unauthorized - none Error response from daemon: error from registry: incorrect username or password
auth.unauthorized - none error getting credentials - err: exec: "docker-credential-desktop": executable file not found in $PATH, out: \`\`
runtime.unpack - none failed to register layer: max depth exceeded
runtime.unpack - none failed to get digest ${DIGEST}: open /var/lib/docker/image/overlay2/imagedb/content/sha256/401: no such file or directory
registry.blob_corrupt - none error pulling image configuration: image config verification failed for digest ${DIGEST}
runtime.unavailable - none permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock
runtime.unavailable - none UnixHTTPConnectionPool(host='localhost', port=None): Read timed out. (read timeout=60)
network.http_timeout - none error parsing HTTP 408 response body: invalid character '<' looking for beginning of value: "<html><body><h1>408 Request Time-out</h1>"
runtime.unavailable - none open //./pipe/dockerDesktopLinuxEngine: The system cannot find the file specified.
runtime.unavailable - none connection error: dial: open \\\\.\\pipe\\containerd-containerd: The system cannot find the file specified.
unknown.no_detail - none failed to export image: write |1: broken pipe
# containers/podman at a machine, and CNI before any pull
runtime.unavailable - v4 Error: unable to connect to Podman. failed to create sshClient: Connection to bastion host (ssh://core@localhost:49153/run/x) failed.: dial tcp 127.0.0.1:49153: connect: connection refused
runtime.unavailable - v4 Failed to create pod sandbox: rpc error: code = Unknown desc = failed to create pod network sandbox k8s_a_b(503): error adding pod b_a to CNI network "multus-cni-network": plugin type="multus" name="multus-cni-network" failed (add): Get "https://10.96.0.1:443/api/v1/namespaces/b": dial tcp 10.96.0.1:443: connect: connection refused
image.not_found - none Error: ${REG}/a:1: image not known
runtime.unavailable - v4 failed to "KillPodSandbox" for "a" with KillPodSandboxError: "rpc error: code = Unknown desc = failed to destroy network for sandbox "503": plugin type="calico" failed (delete): error getting ClusterInformation: Get "https://10.43.0.1:443/apis": dial tcp 10.43.0.1:443: i/o timeout"
runtime.unavailable - none Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "503": plugin type="calico" failed (add): Get "https://10.43.0.1:443/apis": net/http: TLS handshake timeout
# kubernetes/kubernetes
runtime.unavailable - none ImageInspectError: Failed to inspect image "${REG}/a:1": rpc error: code = Unknown desc = x
network.refused ${REG} v4 RegistryUnavailable: image pull failed for ${REG}/a:1 because the registry is unavailable: pinging container registry ${REG}: ${GET}: dial tcp 192.0.2.1:443: connect: connection refused
policy.rejected - none SignatureValidationFailed: image pull failed for ${REG}/a:1 because the signature validation failed: Source image rejected: x
unknown.no_detail - none Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.
unknown.no_detail - none rpc error: code = Unknown desc = EOF
# registries: Docker Hub, GHCR, Quay, ECR, ACR, Artifact Registry, Harbor, Artifactory
registry.rate_limited ${REG} none ${FROM}: 429 Too Many Requests\\ntoomanyrequests: retry-after: 402.118µs, allowed: 44000/minute
registry.rate_limited - none You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit
registry.rate_limited - none denied: Quota exceeded for quota metric 'Requests per project per region' and limit 'x' of service 'artifactregistry.googleapis.com'
auth.denied - none denied: Permission "artifactregistry.repositories.downloadArtifacts" denied on resource "projects/a/locations/b/repositories/c" (or it may not exist)
auth.denied ${REG} none ${FROM}: 403 Forbidden - Server message: denied: client with IP '192.0.2.9' is not allowed access. Refer https://aka.ms/acr/firewall to grant access.
auth.denied - none denied: User: arn:aws:sts::123456789012:assumed-role/a is not authorized to perform: ecr:BatchGetImage on resource: x
image.not_found - none name unknown: The repository with name 'a' does not exist in the registry with id '123456789012'
image.not_found - none manifest unknown: manifest tagged by "1.0.401" is not found
image.not_found - none manifest unknown: Tag 1 was deleted or has expired. To pull, revive via time machine
image.invalid_reference - none name invalid: Missing image name. Pulls should be of the form docker pull gcr.io/<project>/<image>
policy.rejected ${REG} none ${FROM}: 412 Precondition Failed - Server message: denied: current image with 7 vulnerabilities cannot be pulled due to configured policy in 'Prevent images with vulnerability severity of "Low" or higher from running.'
policy.rejected ${REG} none ${FROM}: 412 Precondition Failed - Server message: PROJECTPOLICYVIOLATION: The image is not signed by cosign.
policy.rejected ${REG} none ${FROM}: 403 Forbidden - Server message: denied: Artifact download request rejected: a:1 was not downloaded due to the download blocking policy configured in Xray for repo
# Docker Desktop dials for itself and names no URL when it fetches a layer
network.tcp_timeout cdn.example.org v4 error pulling image configuration: download failed after attempts=6: dialing cdn.example.org:443 container via direct connection because static system has no HTTPS proxy: connecting to 192.0.2.4:443: dial tcp 192.0.2.4:443: connectex: A connection attempt failed because the connected party did not properly respond after a period of time, or established connection failed because connected host has failed to respond.
dns.nxdomain cdn.example.org none error pulling image configuration: download failed after attempts=6: dialing cdn.example.org:443 container via direct connection because  has no HTTPS proxy: connecting to cdn.example.org:443: dial tcp: lookup cdn.example.org: no such host
network.ipv6_path cdn.example.org v6 dialing cdn.example.org:443 with direct connection: connecting to 2001:db8::1:443: dial tcp [2001:db8::1]:443: connect: no route to host
proxy.error ${REG} v4 Error response from daemon: ${GET}: writing response to ${REG}:443: connecting to 127.0.0.1:1081: EOF
proxy.error ${REG} v4 Error response from daemon: ${GET}: dialing ${REG}:443 container via static system: connecting to 10.0.0.5:3128: dial tcp 10.0.0.5:3128: i/o timeout
dns.resolver_down 127.0.0.53:53 v4 dial tcp 127.0.0.53:53: connect: connection refused
auth.token_expired - none failed to get authorization token: ExpiredTokenException: The security token included in the request is expired
# google/go-containerregistry and moby/buildkit
image.not_found ${REG} none GET https://${REG}/v2/a/manifests/1: MANIFEST_UNKNOWN: manifest unknown; unknown tag=1
auth.unauthorized ${REG} none GET https://${REG}/v2/a/manifests/1: UNAUTHORIZED: authentication required; [map[Action:pull Class: Name:a Type:repository]]
registry.unavailable ${REG} none HEAD https://${REG}/v2/a/manifests/1: unexpected status code 502 Bad Gateway (HEAD responses have no body, use GET for details)
registry.blob_corrupt - none failed to copy: short read: expected 1429 bytes but got 401: unexpected EOF
network.unreachable ${REG} v4 ${HEAD}: dialing ${REG}:443 container via direct connection because static system has no HTTPS proxy: connecting to 192.0.2.1:443: dial tcp 192.0.2.1:443: connectex: A socket operation was attempted to an unreachable host.
# not Go at all: glibc, curl, Python, Node
dns.nxdomain - none curl: (6) Could not resolve host: ${REG}
network.refused - none Failed to establish a new connection: [Errno 111] Connection refused
network.reset - none ('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))
node.disk_full - none failed to pull: ENOSPC: no space left on device, write`
  .trim()
  .split("\n")
  .filter((line) => !line.startsWith("#"))
  .map((line) => {
    const [label, host, family, ...message] = line.split(" ");
    const expected = { label, host: host === "-" ? null : host, family };
    return { message: message.join(" "), expected };
  });

it.each(rows)("$expected.label, $expected.host, $expected.family: $message", (row) => {
  expect(classify(row.message)).toEqual(row.expected);
});
