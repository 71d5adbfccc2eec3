// The one kept connection to the router. A request gets it only when the certificate (or the
// pinned key) is right, so the password never travels to anybody else.
import { createHash } from "node:crypto";
import { Agent, type ClientRequestArgs } from "node:http";
import { connect as connectTcp, isIP } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls, type TLSSocket } from "node:tls";

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
  constructor(cause: Error) {
    super(cause.message, { cause });
    this.kind = isCertificateError(cause) ? "certificate" : "unreachable";
  }
}

class WrongKey extends Error {}

/** An idle connection is dropped after this long: a router or a firewall between may forget it. */
const IDLE_MS = 10_000;

type Created = (error: Error | null, stream: Duplex) => void;

/** A plain `http` agent: it carries HTTP over whatever stream it is given, here a checked TLS one. */
export class RouterAgent extends Agent {
  readonly #options: ConnectionOptions;

  constructor(options: ConnectionOptions) {
    super({ keepAlive: true, maxSockets: 1, timeout: IDLE_MS });
    this.#options = options;
  }

  override createConnection(_options: ClientRequestArgs, created?: Created): undefined {
    const { url, connectTimeoutMs } = this.#options;
    const socket = url.protocol === "https:" ? openTls(this.#options) : connectTcp(target(url));
    const timer = setTimeout(
      () => socket.destroy(new Error(`no connection within ${connectTimeoutMs} ms`)),
      connectTimeoutMs,
    );
    let error = new Error("the connection was closed before it was up");
    const keep = (why: Error) => (error = why);
    const closed = () => {
      clearTimeout(timer);
      created?.(new NotConnected(error), socket);
    };
    socket.on("error", keep);
    socket.once("close", closed);
    socket.once(url.protocol === "https:" ? "secureConnect" : "connect", () => {
      clearTimeout(timer);
      // The pin is checked in an earlier listener of the same event; it destroys a wrong socket.
      if (socket.destroyed) return;
      socket.off("error", keep);
      socket.off("close", closed);
      created?.(null, socket);
    });
    return undefined;
  }
}

function openTls({ url, ca, spkiSha256, servername }: ConnectionOptions): TLSSocket {
  const to = target(url);
  const name = servername ?? (isIP(to.host) === 0 ? to.host : undefined);
  const socket = connectTls({
    ...to,
    ...(ca === undefined ? {} : { ca }),
    ...(name === undefined ? {} : { servername: name }),
    rejectUnauthorized: ca !== undefined || spkiSha256 === undefined,
  });
  if (spkiSha256 !== undefined)
    socket.once("secureConnect", () => {
      const key = keyOf(socket);
      if (key !== spkiSha256)
        socket.destroy(new WrongKey(`the router's public key is ${key}, not the pinned one`));
    });
  return socket;
}

function keyOf(socket: TLSSocket): string {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return "missing";
  const spki = certificate.publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(spki).digest("base64");
}

function target(url: URL): { host: string; port: number } {
  const usual = url.protocol === "https:" ? 443 : 80;
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? usual : Number(url.port),
  };
}

/** A router without a certificate offers anonymous ciphers only: that too is for a person to mend. */
function isCertificateError(error: Error): boolean {
  const code = "code" in error ? String(error.code) : "";
  return (
    error instanceof WrongKey ||
    /^(ERR_TLS_CERT|ERR_SSL|EPROTO|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO)/.test(code)
  );
}
