// Go's words for what goes wrong on a connection.
import type { PeerCertificate } from "node:tls";

/** Of strerror(3), as Go's syscall package has them. */
const ERRNO_TEXTS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EADDRNOTAVAIL: "cannot assign requested address",
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset by peer",
  EHOSTUNREACH: "no route to host",
  ENETUNREACH: "network is unreachable",
  EPERM: "operation not permitted",
  EPIPE: "broken pipe",
  ETIMEDOUT: "connection timed out",
};

/** An error whose message is Go's own text. */
export class GoError extends Error {}

/** `connect: no route to host`: the call and its errno. */
export function syscallText(call: "connect" | "read" | "write", error: unknown): string {
  const code = codeOf(error);
  return `${call}: ${ERRNO_TEXTS[code] ?? code}`;
}

/** Node's code of an error; its message if it has none. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}

/** `10.0.0.1:443` or `[2001:db8::1]:443`. */
export function hostPort(address: string, port: number | string): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The address of the same. */
export function hostOf(peer: string): string {
  return peer.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
}

/** What a Go client says of a certificate that Node refuses for this reason. */
export function certificateText(
  reason: string,
  certificate: PeerCertificate,
  host: string,
): string {
  const verify = "tls: failed to verify certificate: x509:";
  const at = (time: string | number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;
  const outOfDate = `${verify} certificate has expired or is not yet valid: current time ${at(Date.now())} is`;
  if (reason === "CERT_NOT_YET_VALID") return `${outOfDate} before ${at(certificate.valid_from)}`;
  if (reason === "CERT_HAS_EXPIRED") return `${outOfDate} after ${at(certificate.valid_to)}`;
  if (reason !== "ERR_TLS_CERT_ALTNAME_INVALID")
    return `${verify} certificate signed by unknown authority`;
  const names = certificate.subjectaltname?.replaceAll("DNS:", "") ?? "no names";
  return `${verify} certificate is valid for ${names}, not ${host}`;
}

/** Of a connection that was up; `link`: its two ends. */
export function textOf(error: unknown, link = ""): string {
  if (error instanceof GoError) return error.message;
  const code = codeOf(error);
  if (code !== "ECONNRESET" && code !== "EPIPE") return code;
  // Node gives the other side's end the code of a reset too, with a message of its own.
  const closed = error instanceof Error && !("syscall" in error);
  return closed ? "EOF" : `read tcp ${link}: ${syscallText("read", error)}`;
}
