// The one kept connection to the router. A request gets it only when the certificate (or the
// pinned key) is right, so the password never travels to anybody else.
import { createHash, type X509Certificate } from "node:crypto";
import { Agent } from "node:http";
import type { Socket } from "node:net";
import { errorText } from "../basics/error-text.ts";
import { dialWith, openTcp, openTls } from "../sockets/dial.ts";

export type ConnectionOptions = {
  readonly url: URL;
  /** PEM of the CA to trust in place of the system's. */
  readonly ca: string | undefined;
  /** SHA-256 of the router's public key, base64. Without `ca` it is all that counts. */
  readonly spkiSha256: string | undefined;
  /** The name in the certificate, where it is not the URL's host. */
  readonly servername: string | undefined;
  /** TCP and TLS together. */
  readonly connectTimeoutMs: number;
};

/** The router could not be reached, or is not the router we know. Nothing was sent. */
export class NotConnected extends Error {
  readonly kind: "unreachable" | "certificate";
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.kind = isCertificateError(cause) ? "certificate" : "unreachable";
  }
}

class WrongKey extends Error {}

/** An idle connection is dropped after this long: a router or a firewall between may forget it. */
const IDLE_MS = 10_000;

/** A plain `http` agent: it carries HTTP over whatever stream it is given, here a checked TLS one. */
export function createRouterAgent(options: ConnectionOptions): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, timeout: IDLE_MS });
  dialWith(agent, () => connect(options));
  return agent;
}

/** Rejects with NotConnected. */
async function connect({ url, connectTimeoutMs, ...trust }: ConnectionOptions): Promise<Socket> {
  const signal = AbortSignal.timeout(connectTimeoutMs);
  const to = endOf(url);
  try {
    const tcp = await openTcp(to, signal);
    if (url.protocol !== "https:") return tcp;
    const { ca, spkiSha256, servername = to.host } = trust;
    const rejectUnauthorized = ca !== undefined || spkiSha256 === undefined;
    const asked = { host: servername, ca, rejectUnauthorized };
    const secure = await openTls(tcp, asked, signal);
    const key = keyOf(secure.getPeerX509Certificate());
    if (spkiSha256 === undefined || key === spkiSha256) return secure;
    secure.destroy();
    throw new WrongKey(`the router's public key is ${key}, not the pinned one`);
  } catch (cause) {
    const late = `no connection within ${connectTimeoutMs} ms`;
    throw new NotConnected(signal.aborted ? late : errorText(cause), cause);
  }
}

/** SHA-256 of a certificate's public key, base64. */
export function keyOf(certificate: X509Certificate | undefined): string {
  if (certificate === undefined) return "missing";
  const spki = certificate.publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(spki).digest("base64");
}

/** Host without brackets, and the port. */
export function endOf(url: URL): { readonly host: string; readonly port: number } {
  const usual = url.protocol === "https:" ? 443 : 80;
  return { host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port) || usual };
}

/** A router without a certificate offers anonymous ciphers only: that too is for a person to mend. */
function isCertificateError(cause: unknown): boolean {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return (
    cause instanceof WrongKey ||
    /^(ERR_TLS_CERT|ERR_SSL|EPROTO|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO)/.test(code)
  );
}
