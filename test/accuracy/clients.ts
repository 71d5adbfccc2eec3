// The clients: each puts a cause, an answer or a failure of this node into its own words.
import type { Classified } from "../../agent/classify/classified.ts";
import type { Answer } from "./answers.ts";
import { containerdAnswers, containersImageAnswers, mobyAnswers } from "./answers.ts";
import type { Host } from "./hosts.ts";
import { localFailures } from "./local-failures.ts";
import type { Cause } from "./transport-causes.ts";
import { transportCauses } from "./transport-causes.ts";

/** One pull error with what must be read in it: from its parts, never from the classifier. */
export type Composed = { readonly text: string; readonly expected: Classified };

type Subject = { readonly host: Host; readonly image: string };

const URL_PATH = "v2/unauthorized/eof/manifests/sha256:4014290503";
const TOKEN_PATH = "token?scope=repository%3Adenied%2F503%3Apull&service=registry.docker.io";

/** containerd 1.x and 2.x: manifest, token and blob. */
export function containerd({ host, image }: Subject): Composed[] {
  const resolve = `failed to pull and unpack image "${image}": failed to resolve reference "${image}": `;
  const authorize = `${resolve}failed to authorize: failed to fetch anonymous token: `;
  const copy = `failed to pull and unpack image "${image}": failed to copy: httpReadSeeker: failed open: `;
  const frames = [
    `${resolve}failed to do request: Head "https://${host.inUrl}/${URL_PATH}": …`,
    `${authorize}Get "https://${host.inUrl}/${TOKEN_PATH}": …`,
    `${copy}failed to do request: Get https://${host.inUrl}/registry-v2/blobs/sha256/40/data?Expires=1429&Signature=x503~__: …`,
  ];
  const answers = containerdAnswers(host, `https://${host.inUrl}/${URL_PATH}`);
  return [
    ...framed(frames, host, transportCauses(host)),
    ...answers.flatMap((answer) =>
      [resolve, authorize, copy].map((frame) => asked(`${frame}${answer.text}`, answer)),
    ),
    ...localFailures().map((failure) =>
      asked(`failed to pull and unpack image "${image}": ${failure.text}`, failure),
    ),
  ];
}

/** containers/image, as CRI-O, Podman and Buildah wrap it. */
export function containersImage({ host, image }: Subject): Composed[] {
  const frames = [
    `initializing source docker://${image}: pinging container registry ${host.inUrl}: Get "https://${host.inUrl}/v2/": …`,
    `copying system image from manifest list: reading blob sha256:4290: Get "https://${host.inUrl}/${URL_PATH}": …`,
    `unable to pull image or OCI artifact: pull image err: initializing source docker://${image}: Get "https://${host.inUrl}/v2/": …; artifact err: get manifest: 401 Unauthorized`,
    `(Mirrors also failed: [m.example.org/a:1: pinging container registry m.example.org: Get "https://m.example.org/v2/": dial tcp [2001:db8::66]:443: connect: connection refused]): ${image}: Get "https://${host.inUrl}/${URL_PATH}": …`,
  ];
  const plain = [
    `initializing source docker://${image}: …`,
    `Error: unable to copy from source docker://${image}: …`,
    `unable to pull image or OCI artifact: pull image err: …; artifact err: provided artifact is a container image`,
  ];
  return [
    ...framed(frames, host, transportCauses(host)),
    ...[...containersImageAnswers(), ...localFailures()].flatMap((answer) =>
      plain.map((frame) =>
        asked(
          frame.replace("…", () => answer.text),
          answer,
        ),
      ),
    ),
  ];
}

/** moby, alone and behind the local API's own status; a layer's download does not name its URL. */
export function moby({ host }: Subject): Composed[] {
  const url = `https://${host.inUrl}/${URL_PATH}`;
  const frames = [
    `Error response from daemon: Get "https://${host.inUrl}/v2/": …`,
    `(HTTP code 500) server error - Head ${url}: …`,
    `500 Server Error for http+docker://localhost/v1.43/images/create?tag=401&fromImage=denied: Internal Server Error ("Get "https://${host.inUrl}/v2/": …")`,
  ];
  // A proxy's refusal is known by the URL before it.
  const downloads = transportCauses(host).filter(({ label }) => label !== "proxy.error");
  return [
    ...framed(frames, host, transportCauses(host)),
    ...downloads.map(({ label, text, family, names }) => ({
      text: `error pulling image configuration: download failed after attempts=6: ${text}`,
      expected: { label, family: family ?? "none", host: names },
    })),
    ...[...mobyAnswers(host, url), ...localFailures()].map((answer) =>
      asked(`Error response from daemon: ${answer.text}`, answer),
    ),
  ];
}

function framed(frames: readonly string[], host: Host, causes: readonly Cause[]): Composed[] {
  return frames.flatMap((frame) =>
    causes.map(({ label, text, family }) => ({
      text: frame.replace("…", () => text),
      expected: { label, host: host.named, family: family ?? host.family },
    })),
  );
}

function asked(text: string, { label, host }: Answer): Composed {
  return {
    text,
    expected: { label, host: host?.named ?? null, family: host?.family ?? "none" },
  };
}
