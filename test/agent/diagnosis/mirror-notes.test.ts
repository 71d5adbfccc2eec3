// A mirror or cache between node and registry is named as what it is.
import { describe, expect, it } from "vitest";
import { casesOf } from "../../../agent/diagnosis/cases.ts";
import { mirroredBy } from "../../../agent/classify/mirror.ts";
import { explainAll } from "../../../agent/words/explain.ts";
import { mirrorNote } from "../../../agent/diagnosis/mirror-notes.ts";
import { aPod } from "../../support/a-pod.ts";
import { aPolicy } from "../../support/a-policy.ts";
import { HUB } from "../../support/a-round.ts";

const MIRROR = "mirror.corp.example";
const AT_MIRROR = `failed to do request: Head "https://${MIRROR}/v2/library/nginx/manifests/1.27?ns=docker.io": dial tcp 192.0.2.7:443: i/o timeout`;

describe("whom a host stands in for", () => {
  it.each([
    ["mirror.corp.example", AT_MIRROR, "docker.io"],
    ["mirror.corp.example", AT_MIRROR.replaceAll('"', '\\"'), "docker.io"],
    ["192.0.2.7:5000", "Get http://192.0.2.7:5000/v2/a/blobs/sha256:4?ns=quay.io: EOF", "quay.io"],
    [
      "harbor.corp.example:8443",
      "unexpected status from GET request to https://Harbor.corp.example:8443/v2/hub/a/manifests/1?ns=ghcr.io: 502 Bad Gateway",
      "ghcr.io",
    ],
    [
      "m.example.org",
      '(Mirrors also failed: [m.example.org/library/a:1: pinging container registry m.example.org: Get "https://m.example.org/v2/": EOF]): docker.io/library/a:1: manifest unknown',
      "docker.io",
    ],
  ])("%s in %s", (host, message, registry) => {
    expect(mirroredBy(host, message)).toBe(registry);
  });

  it.each([
    [HUB, `Head "https://${HUB}/v2/a/manifests/1": EOF`],
    ["ghcr.io", 'Head "https://ghcr.io/v2/a/manifests/1?ns=ghcr.io": EOF'],
    [HUB, AT_MIRROR],
    ["evil.example", `Get "https://evil.example/?ns=": EOF`],
  ])("%s stands in for nobody in %s", (host, message) => {
    expect(mirroredBy(host, message)).toBeNull();
  });
});

describe("advice", () => {
  it("a dead mirror is the failing host, and to be mended or taken out", () => {
    const cases = casesOf([aPod({ text: AT_MIRROR })]);
    const verdict = { host: MIRROR, name: "registry-unreachable", measured: true } as const;
    const note = mirrorNote(verdict, cases);

    const [told] = explainAll([{ ...verdict, note }], null, aPolicy());

    expect(cases).toMatchObject([{ hosts: [MIRROR], mirrorOf: "docker.io" }]);
    expect(told?.advice).toContain(`${MIRROR} is a mirror`);
    expect(told?.advice).toContain("instead of docker.io");
    expect(told?.advice).toContain("hosts.toml");
  });

  it("a host that is no mirror has no such advice", () => {
    const cases = casesOf([aPod()]);

    expect(mirrorNote({ host: HUB, name: "registry-unreachable" }, cases)).toBeNull();
  });

  const missing = (image: string, text: string) => ({ ...aPod({ uid: "2", text, image }) });
  const CACHE = "harbor.corp.example";
  const NOT_FOUND = `failed to resolve reference "${CACHE}/proxy/app:1": ${CACHE}/proxy/app:1: not found`;

  it("a cache that misses an image is suspected if another pod of it fails on the path", () => {
    const stalled = `failed to do request: Head "https://${CACHE}/v2/proxy/b/manifests/1": net/http: TLS handshake timeout`;
    const cases = casesOf([
      missing(`${CACHE}/proxy/app:1`, NOT_FOUND),
      missing(`${CACHE}/proxy/b:1`, stalled),
    ]);

    expect(mirrorNote({ host: CACHE, name: "image.not_found" }, cases)).toContain("upstream");
  });

  it("so is one that speaks as a pull-through cache", () => {
    const text =
      "Error response from daemon: unknown: artifact docker_proxy/library/nginx:latest not found";
    const cases = casesOf([missing(`${CACHE}/docker_proxy/library/nginx:latest`, text)]);

    expect(mirrorNote({ host: CACHE, name: "image.not_found" }, cases)).toContain("cut off");
  });

  it("so is a mirror that answered in place of the registry", () => {
    const text = `failed to copy: content at https://${MIRROR}/v2/library/a/manifests/sha256:4?ns=docker.io not found: not found`;
    const cases = casesOf([missing("docker.io/library/a:1", text)]);

    expect(mirrorNote({ host: HUB, name: "image.not_found" }, cases)).toContain(
      `from ${MIRROR}, a mirror of docker.io`,
    );
  });

  it("an image that is missing, with nothing else wrong, is the image's own fault", () => {
    const cases = casesOf([missing(`${CACHE}/proxy/app:1`, NOT_FOUND)]);

    expect(mirrorNote({ host: CACHE, name: "image.not_found" }, cases)).toBeNull();
  });
});

it("a name that leads to the node itself is looked up again at its registry's hosts", () => {
  const text =
    "download failed after attempts=6: dial tcp 127.0.0.1:443: connect: connection refused";

  expect(casesOf([aPod({ text })])).toMatchObject([
    { label: "dns.sinkhole", kind: "probe", hosts: [HUB, "auth.docker.io"] },
  ]);
});
