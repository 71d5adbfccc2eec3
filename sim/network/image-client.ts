// Pulls an image over the simulated path as containerd does, and fails in containerd's words.
import { STATUS_CODES } from "node:http";
import * as z from "zod";
import type { Dialer } from "./dialer.ts";
import type { GoNode } from "./go/connect.ts";
import { openTransport, type Fetched, type Transport } from "./go/transport.ts";
import { hostPort } from "./go/words.ts";
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
  readonly dnsServer: string;
  /** 53 if left out. */
  readonly dnsPort?: number;
  /** An address and a port: what errors call the DNS server, if they shall not show where it really listens. */
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
    // As in containerd, resolver and fetcher share neither connections nor a token.
    const [resolver, fetcher] = [session(reference, steps, node), session(reference, steps, node)];
    try {
      await pull(reference, resolver, fetcher);
      return { ok: true, steps };
    } catch (error) {
      if (!(error instanceof PullFault)) throw error;
      const message = `failed to pull and unpack image "${reference.full}": ${error.message}`;
      return { ok: false, message };
    } finally {
      resolver.transport.close();
      fetcher.transport.close();
    }
  };
}

function nodeOf(options: ImageClientOptions): GoNode {
  const { dialer, dnsServer: address, dnsPort: port = 53, caPem } = options;
  const shownAs = options.dnsShownAs ?? hostPort(address, port);
  return {
    dialer,
    caPem,
    resolver: { address, port, shownAs, tryMs: options.dnsTryMs ?? 5_000 },
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

type Headers = Readonly<Record<string, string>>;
type Session = {
  readonly image: ImageReference;
  readonly transport: Transport;
  readonly steps: PullStep[];
  /** With the token, once there is one. */
  headers: Headers;
};
type Answered = Extract<Fetched, { ok: true }>;

function session(image: ImageReference, steps: PullStep[], node: GoNode): Session {
  return { image, steps, transport: openTransport(node), headers: {} };
}

async function pull(image: ImageReference, resolver: Session, fetcher: Session): Promise<void> {
  const base = `https://${image.host}/v2/${image.repository}`;
  const digest = await resolve(new URL(`${base}/manifests/${image.reference}`), resolver);
  const manifest = await open(new URL(`${base}/manifests/${digest}`), "manifest", fetcher);
  const { config, layers } = Manifest.parse(JSON.parse(manifest.answer.body));
  const blobs = new Set([config, ...layers].map((entry) => entry.digest));
  const ends = await Promise.allSettled(
    Array.from(blobs, (blob) => fetchBlob(new URL(`${base}/blobs/${blob}`), fetcher)),
  );
  const failed = ends.find((end) => end.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

async function resolve(url: URL, resolver: Session): Promise<string> {
  const { full } = resolver.image;
  const where = `failed to resolve reference "${full}"`;
  const { answer } = await request({ method: "HEAD", url, step: "resolve", where }, resolver);
  if (answer.status === 404) throw new PullFault(`${where}: ${full}: not found`);
  if (answer.status !== 200)
    throw new PullFault(`${where}: ${unexpected("HEAD", url, answer.status)}`);
  return String(answer.headers["docker-content-digest"]);
}

type Request = {
  readonly method: "GET" | "HEAD";
  readonly url: URL;
  readonly step: PullStep["step"];
  /** What the error begins with. */
  readonly where: string;
};

/** One request to the registry; a 401 leads to a token and a second try. */
async function request(wanted: Request, session: Session): Promise<Answered> {
  const first = await send(wanted, session, session.headers);
  if (first.answer.status !== 401) return first;
  const challenge = first.answer.headers["www-authenticate"] ?? "";
  session.headers = { authorization: `Bearer ${await token(challenge, wanted.where, session)}` };
  return send(wanted, session, session.headers);
}

async function send(
  { method, url, step, where }: Request,
  { transport, steps }: Session,
  headers: Headers,
): Promise<Answered> {
  const fetched = await transport.fetch(method, url, headers);
  const verb = method === "GET" ? "Get" : "Head";
  const doing = step === "token" ? "" : "failed to do request: ";
  if (!fetched.ok) throw new PullFault(`${where}: ${doing}${verb} "${url.href}": ${fetched.text}`);
  steps.push({ step, host: url.hostname, family: fetched.family });
  return fetched;
}

async function token(challenge: string, where: string, session: Session): Promise<string> {
  const [, realm = "", service = ""] = /realm="([^"]*)",service="([^"]*)"/.exec(challenge) ?? [];
  const scope = `repository:${session.image.repository}:pull`;
  const query = new URLSearchParams({ scope, service });
  const url = new URL(`${realm}?${query.toString()}`);
  const refused = `${where}: failed to authorize: failed to fetch anonymous token`;
  const wanted = { method: "GET", url, step: "token", where: refused } as const;
  const { answer } = await send(wanted, session, {});
  if (answer.status !== 200)
    throw new PullFault(`${refused}: ${unexpected("GET", url, answer.status)}`);
  return TokenBody.parse(JSON.parse(answer.body)).token;
}

function unexpected(method: string, url: URL, status: number): string {
  return `unexpected status from ${method} request to ${url.href}: ${withReason(status)}`;
}

function withReason(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ""}`.trim();
}

async function fetchBlob(url: URL, fetcher: Session): Promise<void> {
  const { answer } = await open(url, "redirect", fetcher);
  const { location } = answer.headers;
  // The other host gets no token of ours, as in Go.
  if (location !== undefined) await open(new URL(location), "blob", { ...fetcher, headers: {} });
}

async function open(url: URL, step: PullStep["step"], fetcher: Session): Promise<Answered> {
  const where = "failed to copy: httpReadSeeker: failed open";
  const fetched = await request({ method: "GET", url, step, where }, fetcher);
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
