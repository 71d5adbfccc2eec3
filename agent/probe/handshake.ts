// TLS on a connection that is already up, with the certificate judged and described.
import { once } from "node:events";
import net from "node:net";
import tls from "node:tls";

/** `certificateFault` is null if the certificate is valid for the host, else reason and issuer. */
export type Handshake = {
  readonly socket: tls.TLSSocket;
  readonly certificateFault: string | null;
};

/** The trust of this node: Node's roots, the system's and, if given, one more CA (PEM). */
export function trustOf(extraCaPem: string | null): tls.SecureContext {
  return tls.createSecureContext({ ca: rootsWith(extraCaPem) });
}

/**
 * The same trust with classic key shares only: a ClientHello of about 360 bytes instead of about
 * 1,600. Where only the small one gets through, the path loses large packets.
 */
export function smallHelloTrustOf(extraCaPem: string | null): tls.SecureContext {
  return tls.createSecureContext({ ca: rootsWith(extraCaPem), ecdhCurve: "X25519:P-256" });
}

function rootsWith(extraCaPem: string | null): string[] {
  const roots = new Set([...tls.getCACertificates("default"), ...tls.getCACertificates("system")]);
  return extraCaPem === null ? [...roots] : [...roots, extraCaPem];
}

/** Rejects with Node's error when the handshake fails; destroys the connection then, or on abort. */
export async function handshake(
  connection: net.Socket,
  host: string,
  context: tls.SecureContext,
  signal: AbortSignal,
): Promise<Handshake> {
  const socket = tls.connect({
    socket: connection,
    host,
    ...(net.isIP(host) === 0 ? { servername: host } : {}),
    ALPNProtocols: ["http/1.1"],
    secureContext: context,
    // A bad certificate is a finding to describe: Node still judges it, and nothing is sent to a
    // server that fails, because the caller stops at a certificateFault.
    rejectUnauthorized: false,
  });
  try {
    await once(socket, "secureConnect", { signal });
  } catch (error) {
    socket.destroy();
    connection.destroy();
    throw error;
  }
  return { socket, certificateFault: socket.authorized ? null : faultOf(socket) };
}

function faultOf(socket: tls.TLSSocket): string {
  const { issuer, subject, subjectaltname } = socket.getPeerCertificate();
  const names = (subjectaltname ?? `CN=${one(subject?.CN)}`).slice(0, 120);
  const reason = String(socket.authorizationError);
  return `${reason}; issued by ${one(issuer?.CN ?? issuer?.O)} for ${names}`;
}

function one(name: string | readonly string[] | undefined): string {
  if (name === undefined) return "(no name)";
  return typeof name === "string" ? name : name.join("+");
}
