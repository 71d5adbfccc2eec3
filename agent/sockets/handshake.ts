// TLS on a connection that is already up, with the certificate judged and described.
import type net from "node:net";
import tls from "node:tls";
import { openTls } from "./dial.ts";

/** What is wrong with a certificate: reason, issuer and names; `ofDate`: only its dates are. */
type CertificateFault = { readonly text: string; readonly ofDate: boolean };

/** `certificateFault` is null if the certificate is valid for the host. */
export type Handshake = {
  readonly socket: tls.TLSSocket;
  readonly certificateFault: CertificateFault | null;
};

/** Whom this node trusts, and the application protocols that its ClientHello offers. */
export type Trust = { readonly context: tls.SecureContext; readonly alpn: readonly string[] };

const HTTP = ["http/1.1"];

/**
 * The trust of this node: Node's roots, the system's and, if given, one more CA (PEM). Its
 * ClientHello is as large as that of a Go client of today (1.24 and later: over 1,400 bytes).
 */
export function trustOf(extraCaPem: string | null): Trust {
  return { context: contextWith(extraCaPem, {}), alpn: hybridKeyShares() ? HTTP : pad(HTTP) };
}

/**
 * The same trust with classic key shares only: a ClientHello of about 360 bytes. Where only the
 * small one gets through, the path loses large packets.
 */
export function smallHelloTrustOf(extraCaPem: string | null): Trust {
  return { context: contextWith(extraCaPem, { ecdhCurve: "X25519:P-256" }), alpn: HTTP };
}

/** From OpenSSL 3.5 on, Node offers the post-quantum key share X25519MLKEM768: 1,184 bytes of it. */
function hybridKeyShares(): boolean {
  const [major = 0, minor = 0] = process.versions.openssl.split(".").map(Number);
  return major > 3 || (major === 3 && minor >= 5);
}

/**
 * Names of protocols that nobody speaks make an older Node's ClientHello as large. Servers ignore
 * what they do not know (RFC 7301, section 3.2).
 */
function pad(protocols: readonly string[]): string[] {
  return [...protocols, ...[1, 2, 3, 4, 5].map((n) => `backon-padding-${n}-`.padEnd(250, "x"))];
}

function contextWith(
  extraCaPem: string | null,
  options: { ecdhCurve?: string },
): tls.SecureContext {
  const ca = rootsWith(extraCaPem);
  return tls.createSecureContext({ ...options, ...(ca === null ? {} : { ca }) });
}

/** Null: Node's own default, where Node is too old (before 22.15) to list what it trusts. */
function rootsWith(extraCaPem: string | null): string[] | null {
  if (typeof tls.getCACertificates !== "function")
    return extraCaPem === null ? null : [...tls.rootCertificates, extraCaPem];
  const roots = new Set([...tls.getCACertificates("default"), ...tls.getCACertificates("system")]);
  return extraCaPem === null ? [...roots] : [...roots, extraCaPem];
}

/** Rejects with Node's error when the handshake fails; destroys the connection then, or on abort. */
export async function handshake(
  connection: net.Socket,
  { host, trust }: { readonly host: string; readonly trust: Trust },
  signal: AbortSignal,
): Promise<Handshake> {
  const asked = {
    host,
    ALPNProtocols: [...trust.alpn],
    secureContext: trust.context,
    // A bad certificate is a finding to describe: Node still judges it, and the caller sends no
    // secret and believes no answer after a certificateFault.
    rejectUnauthorized: false,
  };
  const socket = await openTls(connection, asked, signal);
  return { socket, certificateFault: socket.authorized ? null : faultOf(socket) };
}

const DATE_FAULTS = ["CERT_NOT_YET_VALID", "CERT_HAS_EXPIRED"];

function faultOf(socket: tls.TLSSocket): CertificateFault {
  const { issuer, subject, subjectaltname, valid_from, valid_to } = socket.getPeerCertificate();
  const names = (subjectaltname ?? `CN=${one(subject?.CN)}`).slice(0, 120);
  const reason = String(socket.authorizationError);
  const ofDate = DATE_FAULTS.includes(reason);
  const dates = ofDate ? `; valid from ${valid_from} to ${valid_to}` : "";
  return {
    text: `${reason}; issued by ${one(issuer?.CN ?? issuer?.O)} for ${names}${dates}`,
    ofDate,
  };
}

function one(name: string | readonly string[] | undefined): string {
  if (name === undefined) return "(no name)";
  return typeof name === "string" ? name : name.join("+");
}
