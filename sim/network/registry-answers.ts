// What each simulated host says over HTTP: enough of the registry protocol for a real client.
import type { IncomingMessage, ServerResponse } from "node:http";
import { createHash } from "node:crypto";
import { PLACES } from "./places.ts";

type Quota =
  | { readonly limit: number; readonly remaining: number }
  /** No limit, no headers. */
  | "unlimited"
  /** 429 even to HEAD. */
  | "blocked";

/** What can be changed while the servers run. */
export type Behaviour = {
  /** Every answer of a host has this status. */
  readonly status: Map<string, number>;
  /** Images that do not exist: `library/x:1`. */
  readonly missing: Set<string>;
  quota: Quota;
};

export function goodBehaviour(): Behaviour {
  return { status: new Map(), missing: new Set(), quota: { limit: 100, remaining: 76 } };
}

const BLOB_HOST = "production.cloudflare.docker.com";
const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";

type Reply = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
};
type Asked = { readonly host: string; readonly url: URL; readonly request: IncomingMessage };

/** Answers requests; blobs of the manifests that were given out can be fetched afterwards. */
export function registryAnswers(
  behaviour: Behaviour,
): (host: string, request: IncomingMessage, response: ServerResponse) => void {
  const blobs = new Map<string, Buffer>();
  return (host, request, response) => {
    const url = new URL(request.url ?? "/", `https://${host}`);
    const { status, headers, body } = reply({ host, url, request }, behaviour, blobs);
    const bytes = Buffer.from(body ?? "");
    response.writeHead(status, { "content-length": bytes.length, ...headers });
    response.end(request.method === "HEAD" ? undefined : bytes);
  };
}

function reply(asked: Asked, behaviour: Behaviour, blobs: Map<string, Buffer>): Reply {
  const forced = behaviour.status.get(asked.host);
  if (forced !== undefined) return failure(forced);
  switch (asked.host) {
    case "auth.docker.io":
      return asked.url.pathname === "/token" ? json(200, { token: "sim-token" }) : failure(404);
    case BLOB_HOST:
      return blobBytes(asked.url.pathname, blobs);
    case "ghcr.io":
      if (asked.url.pathname === "/token") return json(200, { token: "sim-token" });
      return registry(asked, behaviour, blobs, 'realm="https://ghcr.io/token",service="ghcr.io"');
    case "registry.k8s.io":
      return registry(asked, behaviour, blobs, null);
    case "registry-1.docker.io":
      return registry(
        asked,
        behaviour,
        blobs,
        'realm="https://auth.docker.io/token",service="registry.docker.io"',
      );
    case "one.one.one.one":
      return asked.url.pathname === "/dns-query"
        ? resolved(asked.url)
        : { status: 200, body: "ok" };
    default:
      return { status: 200, body: "ok" };
  }
}

const TYPES: Readonly<Record<string, number>> = { A: 1, AAAA: 28 };
const NXDOMAIN = 3;

/** Where hosts really are, in JSON as Cloudflare's resolver gives it, whatever the site's DNS says. */
function resolved({ searchParams }: URL): Reply {
  const [name = "", type = ""] = ["name", "type"].map((one) => searchParams.get(one) ?? "");
  const place = PLACES[name];
  const addresses = (type === "AAAA" ? place?.aaaa : place?.a) ?? [];
  const answers = addresses.map((data) => ({ name, type: TYPES[type], TTL: 60, data }));
  return json(200, { Status: place === undefined ? NXDOMAIN : 0, Answer: answers });
}

function registry(
  asked: Asked,
  behaviour: Behaviour,
  blobs: Map<string, Buffer>,
  realm: string | null,
): Reply {
  const { pathname } = asked.url;
  const bearer = asked.request.headers.authorization?.startsWith("Bearer ") ?? false;
  if (realm !== null && !bearer)
    return {
      ...problem(401, "UNAUTHORIZED", "authentication required"),
      headers: { "www-authenticate": `Bearer ${realm}` },
    };
  if (pathname === "/v2/") return json(200, {});
  const manifest = /^\/v2\/(.+)\/manifests\/([^/]+)$/.exec(pathname);
  if (manifest?.[1] !== undefined && manifest[2] !== undefined)
    return manifestOf(manifest[1], manifest[2], asked, behaviour, blobs);
  const digest = /^\/v2\/.+\/blobs\/(sha256:[0-9a-f]{64})$/.exec(pathname)?.[1];
  if (digest === undefined) return failure(404);
  const at = `/registry-v2/docker/registry/v2/blobs/sha256/${digest.slice(7, 9)}/${digest.slice(7)}/data`;
  return { status: 307, headers: { location: `https://${BLOB_HOST}${at}?verify=sim` } };
}

function manifestOf(
  repository: string,
  reference: string,
  { request }: Asked,
  behaviour: Behaviour,
  blobs: Map<string, Buffer>,
): Reply {
  const { quota } = behaviour;
  const limits = quotaHeaders(repository, quota);
  const counts = request.method === "GET" && typeof quota === "object" && quota.remaining === 0;
  if (quota === "blocked" || counts)
    return { ...problem(429, "TOOMANYREQUESTS", TOO_MANY), headers: limits };
  if (behaviour.missing.has(`${repository}:${reference}`))
    return problem(404, "MANIFEST_UNKNOWN", "manifest unknown");
  const known = reference.startsWith("sha256:") ? blobs.get(reference) : undefined;
  const body = known ?? makeImage(repository, reference, blobs);
  const headers = { "content-type": MANIFEST_TYPE, "docker-content-digest": digestOf(body) };
  return { status: 200, headers: { ...headers, ...limits }, body };
}

const TOO_MANY =
  "You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit";

function quotaHeaders(repository: string, quota: Quota): Record<string, string> {
  if (repository !== "ratelimitpreview/test" || typeof quota === "string") return {};
  return {
    "ratelimit-limit": `${quota.limit};w=21600`,
    "ratelimit-remaining": `${quota.remaining};w=21600`,
  };
}

/** A valid OCI image with one empty layer, different for each name. */
function makeImage(repository: string, reference: string, blobs: Map<string, Buffer>): Buffer {
  const layer = Buffer.alloc(1024); // Two zero blocks: an empty tar archive.
  const config = Buffer.from(
    JSON.stringify({
      architecture: "amd64",
      os: "linux",
      config: { Labels: { name: `${repository}:${reference}` } },
      rootfs: { type: "layers", diff_ids: [digestOf(layer)] },
    }),
  );
  const describe = (kind: string, bytes: Buffer): object => ({
    mediaType: `application/vnd.oci.image.${kind}`,
    digest: digestOf(bytes),
    size: bytes.length,
  });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: describe("config.v1+json", config),
      layers: [describe("layer.v1.tar", layer)],
    }),
  );
  for (const bytes of [layer, config, manifest]) blobs.set(digestOf(bytes), bytes);
  return manifest;
}

function blobBytes(pathname: string, blobs: Map<string, Buffer>): Reply {
  const digest = /\/sha256\/[0-9a-f]{2}\/([0-9a-f]{64})\/data$/.exec(pathname)?.[1] ?? "";
  const body = blobs.get(`sha256:${digest}`);
  if (body === undefined) return failure(404);
  return { status: 200, headers: { "content-type": "application/octet-stream" }, body };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function failure(status: number): Reply {
  return status === 429 ? problem(429, "TOOMANYREQUESTS", TOO_MANY) : { status, body: "" };
}

function problem(status: number, code: string, message: string): Reply {
  return json(status, { errors: [{ code, message }] });
}

function json(status: number, value: unknown): Reply {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}
