// A new connection of Go's http.Transport: lookup, the race of TCP, then TLS under a limit of its own.
import type net from "node:net";
import tls from "node:tls";
import type { Dialer } from "../dialer.ts";
import { inDialOrder } from "./address-order.ts";
import { dial } from "./dial.ts";
import { lookup, type Resolver } from "./lookup.ts";
import { certificateText, GoError, hostPort, textOf } from "./words.ts";

export type GoNode = {
  readonly dialer: Dialer;
  readonly resolver: Resolver;
  /** The only authority that is trusted, as with SSL_CERT_FILE. */
  readonly caPem: string;
  /** All in milliseconds. */
  readonly limits: {
    /** Lookup and TCP together. */
    readonly dialMs: number;
    readonly fallbackDelayMs: number;
    readonly tlsMs: number;
    /** Until the answer's headers are there. */
    readonly headersMs: number;
    /** Without a byte of the body, the pull is given up. */
    readonly progressMs: number;
  };
};

/** `link`: both ends, as in Go's errors. */
export type Peer = { readonly address: string; readonly link: string };

export const HTTPS = 443;

/** A connection that is ready for a request; rejects with a GoError. */
export async function connect(
  host: string,
  { dialer, resolver, caPem, limits }: GoNode,
): Promise<{ socket: tls.TLSSocket; peer: Peer }> {
  const startedAt = performance.now();
  const end = AbortSignal.timeout(limits.dialMs);
  const found = await lookup(host, resolver, dialer, end);
  if (!found.ok) throw new GoError(`dial tcp: ${found.text}`);
  const order = await inDialOrder(found.addresses, (address) => dialer.source(address));
  const until = startedAt + limits.dialMs;
  const { fallbackDelayMs } = limits;
  const dialled = await dial(order, { dialer, port: HTTPS, until, fallbackDelayMs });
  if (!dialled.ok) throw new GoError(dialled.text);
  const { address } = dialled;
  const own = hostPort((await dialer.source(address)) ?? "", dialled.socket.localPort ?? 0);
  const peer = { address, link: `${own}->${hostPort(address, HTTPS)}` };
  try {
    return { socket: await shakeHands(dialled.socket, host, caPem, limits.tlsMs), peer };
  } catch (error) {
    dialled.socket.destroy();
    throw new GoError(textOf(error, peer.link), { cause: error });
  }
}

async function shakeHands(
  connection: net.Socket,
  host: string,
  caPem: string,
  limitMs: number,
): Promise<tls.TLSSocket> {
  const socket = tls.connect({
    socket: connection,
    servername: host,
    ca: caPem,
    ALPNProtocols: ["http/1.1"],
    rejectUnauthorized: false, // The reason is wanted in Go's words: it is refused below.
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new GoError("net/http: TLS handshake timeout")), limitMs);
  socket.once("secureConnect", resolve).on("error", reject);
  try {
    await promise;
    if (socket.authorized) return socket;
    const reason = String(socket.authorizationError);
    throw new GoError(certificateText(reason, socket.getPeerCertificate(), host));
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
