// Messages composed from the grammar of the clients and the kubelet. What is expected comes from the
// parts, never from the classifier.
import { describe, expect, it } from "vitest";
import { classify, kindOf } from "../../../agent/classify/classify.ts";
import type { Composed } from "../../accuracy/clients.ts";
import { containerd, containersImage, moby } from "../../accuracy/clients.ts";
import type { Host } from "../../accuracy/hosts.ts";
import { HOSTS, IMAGES } from "../../accuracy/hosts.ts";
import { joined } from "../../accuracy/joined.ts";
import { kubeletFrames } from "../../accuracy/kubelet.ts";

const CLIENTS = [
  ["containerd", containerd],
  ["containers/image", containersImage],
  ["moby", moby],
] as const;

/** Each host with one of the images in turn. */
const SUBJECTS = HOSTS.map((host, index) => ({ host, image: imageAt(index) }));

function imageAt(index: number): string {
  return IMAGES[index % IMAGES.length] ?? "";
}

function misread(composed: readonly Composed[]): string[] {
  return composed.flatMap(({ text, expected }) => {
    const given = classify(text);
    const same =
      given.label === expected.label &&
      given.host === expected.host &&
      given.family === expected.family;
    return same ? [] : [`${JSON.stringify(expected)} but ${JSON.stringify(given)}: ${text}`];
  });
}

describe.each(CLIENTS)("%s", (_name, client) => {
  it.each(SUBJECTS)("each cause at $host.inUrl is read in each frame of the kubelet", (subject) => {
    // Each third frame, another third at each host: all meet all, in a third of the time.
    const start = SUBJECTS.indexOf(subject);
    const composed = client(subject).flatMap(({ text, expected }, index) =>
      kubeletFrames(subject.image)
        .filter((_frame, number) => (number + index + start) % 3 === 0)
        .map((frame) => ({ text: frame(text), expected })),
    );

    expect(composed.length).toBeGreaterThan(1_000);
    expect(misread(composed).slice(0, 5)).toEqual([]);
  });

  it("of two joined errors the graver cause is read, wherever it stands", () => {
    const errors = SUBJECTS.flatMap(client);
    // Strides without a common factor meet every cause in many pairs.
    const pairs = errors.flatMap((error, index) =>
      [7, 131, 1_009].flatMap((stride) => {
        const other = errors[(index * stride + stride) % errors.length] ?? error;
        return joined(error, other) ?? [];
      }),
    );

    const wrong = pairs.filter(({ text, label }) => classify(text).label !== label);

    expect(pairs.length).toBeGreaterThan(1_000);
    expect(wrong.slice(0, 5)).toEqual([]);
  });
});

const DOUBTFUL = [
  "manifest blob is missing",
  "unexpected status from HEAD request to URL: 400 Bad Request",
  "unexpected status code URL: 416 Requested Range Not Satisfiable",
  'Get "URL": unsupported protocol scheme ""',
  'Get "URL": stopped after 10 redirects',
  'Get "URL": http: no Location header in response',
  "error parsing HTTP 200 response body: unexpected end of JSON input",
  "unable to decode token response: EOF",
  "can't talk to a V1 container registry",
  "ref default/20/layer-sha256:4290 locked for 5m: unavailable",
  'failed to decode hosts.toml: toml: line 4: expected "]"',
  "dial tcp: address reg.example.org: missing port in address",
  "missing signature key",
  "timeout: the plugin took longer than 401 ms",
];

describe("doubt", () => {
  it.each(DOUBTFUL)("%s is left to the probe", (text) => {
    const host: Host | undefined = HOSTS[0];
    const error = text.replace("URL", `https://${host?.inUrl}/v2/denied/manifests/503`);
    const kinds = IMAGES.flatMap((image) =>
      kubeletFrames(image).map((frame) => kindOf(classify(frame(error)).label)),
    );

    expect(new Set(kinds)).toEqual(new Set(["probe"]));
  });
});
