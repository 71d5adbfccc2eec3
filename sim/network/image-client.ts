// Pulls an image over the simulated path as containerd does, and fails in containerd's words.
import { STATUS_CODES } from "node:http";
import * as z from "zod";
import type { Dialer } from "./dialer.ts";
import type { GoNode } from "./go/connect.ts";
import { openTransport, type Fetched, type Transport } from "./go/transport.ts";
import { imageReference, type ImageReference } from "./image-reference.ts";

type PullStep = {
  readonly step: "resolve" | "token" | "manifest" | "redirect" | "blob";
  readonly host: string;
  readonly family: "v4" | "v6";
};
export type PullResult =
  | { readonly ok: true; readonly steps: readonly PullStep[] }
  | { readonly ok: false; readonly message: string };

export type ImageClientOptions = PullLimits & {
  readonly dialer: Dialer;
  /** IPv4, with or without a port. */
  readonly dnsServer: string;
  /** What errors call the DNS server, if they shall not show where it really listens. */
  readonly dnsShownAs?: string;
  readonly caPem: string;
};

export type PullLimits = {
  /** Milliseconds; the defaults are containerd's and Go's: 10,000, 30,000, 30,000, 300. */
  readonly tlsTimeoutMs?: number;
  /** For lookup and TCP together. */
  readonly dialTimeoutMs?: number;
  readonly httpTimeoutMs?: number;
  readonly fallbackDelayMs?: number;
  /** Of one of the two tries of a lookup; default 5,000. */
  readonly dnsTryMs?: number;
};

/** Each call is one pull; an expected failure is a value with the runtime's own message. */
export function createImageClient(
  options: ImageClientOptions,
): (image: string) => Promise<PullResult> {
  const node = nodeOf(options);
  return async (image) => {
    const reference = imageReference(image);
    const steps: PullStep[] = [];
    const transport = openTransport(node);
    try {
      await pull(reference, steps, transport);
      return { ok: true, steps };
    } catch (error) {
      if (!(error instanceof PullFault)) throw error;
      const message = `failed to pull and unpack image "${reference.full}": ${error.message}`;
      return { ok: false, message };
    } finally {
      transport.close();
    }
  };
}

function nodeOf(options: ImageClientOptions): GoNode {
  const { dialer, dnsServer, caPem, dnsShownAs } = options;
  const server = dnsServer.includes(":") ? dnsServer : `${dnsServer}:53`;
  return {
    dialer,
    caPem,
    resolver: { server, shownAs: dnsShownAs ?? server, tryMs: options.dnsTryMs ?? 5_000 },
    limits: {
      dialMs: options.dialTimeoutMs ?? 30_000,
      fallbackDelayMs: options.fallbackDelayMs ?? 300,
      tlsMs: options.tlsTimeoutMs ?? 10_000,
      headersMs: options.httpTimeoutMs ?? 30_000,
      progressMs: 300_000,
    },
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

async function pull(image: ImageReference, steps: PullStep[], transport: Transport): Promise<void> {
  const base = `https://${image.host}/v2/${image.repository}`;
  const tag = new URL(`${base}/manifests/${image.reference}`);
  const { headers, digest } = await resolve(image, tag, steps, transport);
  const url = new URL(`${base}/manifests/${digest}`);
  const manifest = await open(url, headers, steps, "manifest", transport);
  const { config, layers } = Manifest.parse(JSON.parse(manifest.answer.body));
  for (const blob of new Set([config, ...layers].map((entry) => entry.digest)))
    await fetchBlob(new URL(`${base}/blobs/${blob}`), headers, steps, transport);
}

type Headers = Readonly<Record<string, string>>;

async function resolve(
  image: ImageReference,
  url: URL,
  steps: PullStep[],
  transport: Transport,
): Promise<{ headers: Headers; digest: string }> {
  const where = `failed to resolve reference "${image.full}"`;
  const head = async (headers: Headers): Promise<Extract<Fetched, { ok: true }>> => {
    const fetched = await transport.fetch("HEAD", url, headers);
    if (!fetched.ok)
      throw new PullFault(`${where}: failed to do request: Head "${url.href}": ${fetched.text}`);
    steps.push({ step: "resolve", host: url.hostname, family: fetched.family });
    return fetched;
  };
  let headers: Headers = {};
  let found = await head(headers);
  if (found.answer.status === 401) {
    const challenge = found.answer.headers["www-authenticate"] ?? "";
    headers = { authorization: `Bearer ${await token(image, challenge, where, steps, transport)}` };
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
  transport: Transport,
): Promise<string> {
  const [, realm = "", service = ""] = /realm="([^"]*)",service="([^"]*)"/.exec(challenge) ?? [];
  const query = new URLSearchParams({ scope: `repository:${image.repository}:pull`, service });
  const url = new URL(`${realm}?${query.toString()}`);
  const refused = `${where}: failed to authorize: failed to fetch anonymous token`;
  const fetched = await transport.fetch("GET", url, {});
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
  transport: Transport,
): Promise<void> {
  const redirect = await open(url, headers, steps, "redirect", transport);
  const location = redirect.answer.headers.location;
  // The other host gets no token of ours, as in Go.
  if (location !== undefined) await open(new URL(location), {}, steps, "blob", transport);
}

async function open(
  url: URL,
  headers: Headers,
  steps: PullStep[],
  step: PullStep["step"],
  transport: Transport,
): Promise<Extract<Fetched, { ok: true }>> {
  const where = "failed to copy: httpReadSeeker: failed open";
  const fetched = await transport.fetch("GET", url, headers);
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
