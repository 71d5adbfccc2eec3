// What the router shows before anybody logs in: is there somebody, and with which certificate?
// Nothing is sent and nothing is believed; a person compares it on the router.
import type { X509Certificate } from "node:crypto";
import { isIP, type Socket } from "node:net";
import { errorText } from "../../basics/error-text.ts";
import { endOf, keyOf } from "../../router/connection.ts";
import { openTcp, openTls } from "../../sockets/dial.ts";

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

/** Never rejects; ends within the limit. `name`: for the server to choose a certificate by. */
export async function lookAtRouter(url: URL, name: string, timeoutMs: number): Promise<Shown> {
  const signal = AbortSignal.timeout(timeoutMs);
  const why = (cause: unknown): string =>
    signal.aborted ? `nothing within ${timeoutMs} ms` : errorText(cause);
  let raw: Socket;
  try {
    raw = await openTcp(endOf(url), signal);
  } catch (cause) {
    return { kind: "unreachable", detail: why(cause) };
  }
  try {
    if (url.protocol === "http:") return { kind: "plain" };
    const secure = await openTls(raw, { host: name, rejectUnauthorized: false }, signal);
    const certificate = secure.getPeerX509Certificate();
    if (certificate === undefined) return { kind: "no-tls", detail: "it shows no certificate" };
    return { kind: "certificate", certificate: asShown(certificate) };
  } catch (cause) {
    return { kind: "no-tls", detail: why(cause) };
  } finally {
    raw.destroy();
  }
}

function asShown(certificate: X509Certificate): ShownCertificate {
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
    pin: keyOf(certificate),
  };
}

function oneLine(subject: string | undefined): string {
  return (subject ?? "no subject").replaceAll("\n", ", ").slice(0, 200);
}
