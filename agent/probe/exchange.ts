// What a probe asks a server over HTTP/1.1: one request, of which the caller ends the connection.
import { request as httpRequest } from "node:http";
import type { Duplex } from "node:stream";
import { exchange, type Answer } from "../sockets/exchange.ts";
import { handshake } from "../sockets/handshake.ts";
import { limited, type Ended } from "../sockets/limit.ts";
import type { Endpoint } from "./dialer.ts";
import type { TimedPath } from "./node-path.ts";

export type Ask = {
  readonly method: "GET" | "HEAD";
  readonly host: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A larger body is an error; with 0 the headers are the whole answer. */
  readonly maxBytes: number;
};

/** Over a connection that is up. Rejects where no answer comes, and on abort. */
export function askOver(connection: Duplex, ask: Ask, signal: AbortSignal): Promise<Answer> {
  const { method, host, path, headers, maxBytes } = ask;
  const request = httpRequest({
    createConnection: () => connection,
    method,
    path,
    headers: { host, "user-agent": "backon", connection: "close", ...headers },
    signal,
  });
  return exchange(request, { maxBytes });
}

/** The same over a connection of its own to this address; a certificate that is not right is a failure. */
export function askAt(to: Endpoint, ask: Ask, path: TimedPath): Promise<Ended<Answer>> {
  const { tcpMs, tlsMs, httpMs } = path.limits;
  return limited(tcpMs + tlsMs + httpMs, path.end, async (signal) => {
    const socket = await path.towards(ask.host).connect(to, signal);
    try {
      const secure = await handshake(socket, { host: ask.host, trust: path.trust }, signal);
      if (secure.certificateFault !== null) throw new Error(secure.certificateFault.text);
      return await askOver(secure.socket, ask, signal);
    } finally {
      socket.destroy();
    }
  });
}
