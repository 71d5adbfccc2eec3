// Pulls an image over the simulated path as containerd does, and fails in containerd's words.
import { STATUS_CODES } from "node:http";
import * as z from "zod";
import { trustOf } from "../../agent/probe/handshake.ts";
import type { Dialer } from "../../agent/probe/dialer.ts";
import type { NodePath } from "../../agent/probe/node-path.ts";
import { goFetch, type Fetched } from "./go-client.ts";
import { imageReference, type ImageReference } from "./image-reference.ts";

type PullStep = {
  readonly step: "resolve" | "token" | "manifest" | "redirect" | "blob";
  readonly host: string;
  readonly family: "v4" | "v6";
};
export type PullResult =
  | { readonly ok: true; readonly steps: readonly PullStep[] }
  | { readonly ok: false; readonly message: string };

export type ImageClientOptions = {
  readonly dialer: Dialer;
  /** `127.0.0.1:port` of the simulated DNS. */
  readonly dnsServer: string;
  readonly caPem: string;
  /** Milliseconds; the defaults are containerd's and Go's: 10,000, 30,000, 30,000, 10,000, 300. */
  readonly tlsTimeoutMs?: number;
  readonly dialTimeoutMs?: number;
  readonly httpTimeoutMs?: number;
  readonly dnsTimeoutMs?: number;
  readonly fallbackDelayMs?: number;
};

/** Each call is one pull; an expected failure is a value with the runtime's own message. */
export function createImageClient(
  options: ImageClientOptions,
): (image: string) => Promise<PullResult> {
  const path = pathOf(options);
  return async (image) => {
    const reference = imageReference(image);
    const steps: PullStep[] = [];
    try {
      await pull(reference, steps, path);
      return { ok: true, steps };
    } catch (error) {
      if (!(error instanceof PullFault)) throw error;
      const message = `failed to pull and unpack image "${reference.full}": ${error.message}`;
      return { ok: false, message };
    }
  };
}

function pathOf(options: ImageClientOptions): NodePath {
  return {
    dialer: options.dialer,
    resolving: {
      hostsFile: "",
      servers: [options.dnsServer],
      timeoutMs: options.dnsTimeoutMs ?? 10_000,
    },
    trust: trustOf(options.caPem),
    limits: {
      tcpMs: options.dialTimeoutMs ?? 30_000,
      tlsMs: options.tlsTimeoutMs ?? 10_000,
      httpMs: options.httpTimeoutMs ?? 30_000,
      fallbackDelayMs: options.fallbackDelayMs ?? 300,
      tryGapMs: 0,
      roundSlackMs: 0,
      verifyGapMs: 0,
      verifyConnectMs: 0,
    },
    now: Date.now,
  };
}

/** Ends a pull; never leaves this file. */
class PullFault extends Error {}

const Manifest = z.object({
  config: z.object({ digest: z.string() }),
  layers: z.array(z.object({ digest: z.string() })),
});
const TokenBody = z.object({ token: z.string() });
const ErrorBody = z.object({
  errors: z.array(z.object({ code: z.string(), message: z.string() })),
});

async function pull(image: ImageReference, steps: PullStep[], path: NodePath): Promise<void> {
  const base = `https://${image.host}/v2/${image.repository}`;
  const tag = new URL(`${base}/manifests/${image.reference}`);
  const { headers, digest } = await resolve(image, tag, steps, path);
  const url = new URL(`${base}/manifests/${digest}`);
  const manifest = await open(url, headers, steps, "manifest", path);
  const { config, layers } = Manifest.parse(JSON.parse(manifest.answer.body));
  for (const blob of new Set([config, ...layers].map((entry) => entry.digest)))
    await fetchBlob(new URL(`${base}/blobs/${blob}`), headers, steps, path);
}

type Headers = Readonly<Record<string, string>>;

async function resolve(
  image: ImageReference,
  url: URL,
  steps: PullStep[],
  path: NodePath,
): Promise<{ headers: Headers; digest: string }> {
  const where = `failed to resolve reference "${image.full}"`;
  const head = async (headers: Headers): Promise<Extract<Fetched, { ok: true }>> => {
    const fetched = await goFetch("HEAD", url, headers, path);
    if (!fetched.ok)
      throw new PullFault(`${where}: failed to do request: Head "${url.href}": ${fetched.text}`);
    steps.push({ step: "resolve", host: url.hostname, family: fetched.family });
    return fetched;
  };
  let headers: Headers = {};
  let found = await head(headers);
  if (found.answer.status === 401) {
    const challenge = found.answer.headers["www-authenticate"] ?? "";
    headers = { authorization: `Bearer ${await token(image, challenge, where, steps, path)}` };
    found = await head(headers);
  }
  if (found.answer.status === 404) throw new PullFault(`${where}: ${image.full}: not found`);
  if (found.answer.status !== 200)
    throw new PullFault(`${where}: ${unexpected("HEAD", url, found.answer.status)}`);
  return { headers, digest: String(found.answer.headers["docker-content-digest"]) };
}

async function token(
  image: ImageReference,
  challenge: string,
  where: string,
  steps: PullStep[],
  path: NodePath,
): Promise<string> {
  const [, realm = "", service = ""] = /realm="([^"]*)",service="([^"]*)"/.exec(challenge) ?? [];
  const query = new URLSearchParams({ scope: `repository:${image.repository}:pull`, service });
  const url = new URL(`${realm}?${query.toString()}`);
  const refused = `${where}: failed to authorize: failed to fetch anonymous token`;
  const fetched = await goFetch("GET", url, {}, path);
  if (!fetched.ok) throw new PullFault(`${refused}: Get "${url.href}": ${fetched.text}`);
  steps.push({ step: "token", host: url.hostname, family: fetched.family });
  if (fetched.answer.status !== 200)
    throw new PullFault(`${refused}: ${unexpected("GET", url, fetched.answer.status)}`);
  return TokenBody.parse(JSON.parse(fetched.answer.body)).token;
}

function unexpected(method: string, url: URL, status: number): string {
  return `unexpected status from ${method} request to ${url.href}: ${withReason(status)}`;
}

function withReason(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ""}`.trim();
}

async function fetchBlob(
  url: URL,
  headers: Headers,
  steps: PullStep[],
  path: NodePath,
): Promise<void> {
  const redirect = await open(url, headers, steps, "redirect", path);
  const location = redirect.answer.headers.location;
  // The other host gets no token of ours, as in Go.
  if (location !== undefined) await open(new URL(location), {}, steps, "blob", path);
}

async function open(
  url: URL,
  headers: Headers,
  steps: PullStep[],
  step: PullStep["step"],
  path: NodePath,
): Promise<Extract<Fetched, { ok: true }>> {
  const where = "failed to copy: httpReadSeeker: failed open";
  const fetched = await goFetch("GET", url, headers, path);
  if (!fetched.ok)
    throw new PullFault(`${where}: failed to do request: Get "${url.href}": ${fetched.text}`);
  steps.push({ step, host: url.hostname, family: fetched.family });
  const { status, body } = fetched.answer;
  if (status === 200 || status === 307) return fetched;
  throw new PullFault(
    `${where}: unexpected status code ${url.href}: ${withReason(status)}${serverMessage(body)}`,
  );
}

function serverMessage(body: string): string {
  const parsed = ErrorBody.safeParse(body.startsWith("{") ? JSON.parse(body) : null);
  const [first] = parsed.success ? parsed.data.errors : [];
  return first === undefined
    ? ""
    : ` - Server message: ${first.code.toLowerCase()}: ${first.message}`;
}
