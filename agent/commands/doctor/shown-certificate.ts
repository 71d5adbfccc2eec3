// What the router shows before anybody logs in: is there somebody, and with which certificate?
// Nothing is sent and nothing is believed; a person compares it on the router.
import { createHash, type X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect as connectTcp, isIP } from "node:net";
import { connect as connectTls } from "node:tls";
import { errorText } from "../../basics/error-text.ts";

export type Shown =
  | { readonly kind: "unreachable"; readonly detail: string }
  /** Somebody listens, but there is no TLS. */
  | { readonly kind: "no-tls"; readonly detail: string }
  /** The URL is http://. */
  | { readonly kind: "plain" }
  | { readonly kind: "certificate"; readonly certificate: ShownCertificate };

export type ShownCertificate = {
  readonly subject: string;
  readonly names: string;
  readonly selfSigned: boolean;
  readonly validFrom: Date;
  readonly validTo: Date;
  readonly isFor: (name: string) => boolean;
  /** SHA-256 of the certificate, hex in small letters, as RouterOS prints it. */
  readonly fingerprint: string;
  /** SHA-256 of its public key, base64: ROUTER_SPKI_SHA256. */
  readonly pin: string;
};

/** Host without brackets, and the port. */
export function endOf(url: URL): { readonly host: string; readonly port: number } {
  const usual = url.protocol === "https:" ? 443 : 80;
  return { host: url.hostname.replace(/^\[(.*)\]$/, "$1"), port: Number(url.port) || usual };
}

/** Never rejects; ends within the limit. `name`: for the server to choose a certificate by. */
export async function lookAtRouter(url: URL, name: string, timeoutMs: number): Promise<Shown> {
  const { host, port } = endOf(url);
  const signal = AbortSignal.timeout(timeoutMs);
  const raw = connectTcp({ host, port });
  const why = (cause: unknown): string =>
    signal.aborted ? `nothing within ${timeoutMs} ms` : errorText(cause);
  try {
    try {
      await once(raw, "connect", { signal });
    } catch (cause) {
      return { kind: "unreachable", detail: why(cause) };
    }
    if (url.protocol === "http:") return { kind: "plain" };
    const servername = isIP(name) === 0 ? { servername: name } : {};
    const secure = connectTls({ socket: raw, ...servername, rejectUnauthorized: false });
    try {
      await once(secure, "secureConnect", { signal });
      const certificate = secure.getPeerX509Certificate();
      if (certificate === undefined) return { kind: "no-tls", detail: "it shows no certificate" };
      return { kind: "certificate", certificate: asShown(certificate) };
    } catch (cause) {
      return { kind: "no-tls", detail: why(cause) };
    } finally {
      secure.destroy();
    }
  } finally {
    raw.destroy();
  }
}

function asShown(certificate: X509Certificate): ShownCertificate {
  const spki = certificate.publicKey.export({ type: "spki", format: "der" });
  return {
    subject: oneLine(certificate.subject),
    names: certificate.subjectAltName ?? "no names",
    // Not checkIssued(): that wants a CA's key usage, which a router's own certificate may lack.
    selfSigned:
      certificate.issuer === certificate.subject && certificate.verify(certificate.publicKey),
    validFrom: certificate.validFromDate,
    validTo: certificate.validToDate,
    isFor: (name) =>
      (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined,
    fingerprint: certificate.fingerprint256.replaceAll(":", "").toLowerCase(),
    pin: createHash("sha256").update(spki).digest("base64"),
  };
}

function oneLine(subject: string | undefined): string {
  return (subject ?? "no subject").replaceAll("\n", ", ").slice(0, 200);
}
