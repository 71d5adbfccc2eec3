// HTTPS as Go's http.Transport speaks it with containerd's settings: dial, TLS handshake and the
// wait for the answer each have their own limit, and a connection is used again while it is open
// (golang/go src/net/http/transport.go; containerd core/remotes/docker).
import http from "node:http";
import type { Duplex } from "node:stream";
import { callbackify } from "node:util";
import { connect, HTTPS, type GoNode, type Peer } from "./connect.ts";
import { codeOf, GoError, textOf } from "./words.ts";

type Answer = {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
};
export type Fetched =
  | {
      readonly ok: true;
      readonly answer: Answer;
      readonly family: "v4" | "v6";
      readonly address: string;
    }
  /** What stands behind `Get "URL": ` in Go's error. */
  | { readonly ok: false; readonly text: string };

export type Transport = {
  fetch(
    method: "GET" | "HEAD",
    url: URL,
    headers: Readonly<Record<string, string>>,
  ): Promise<Fetched>;
  /** Closes the connections that are still open. */
  close(): void;
};

/** Opens nothing until the first request. */
export function openTransport(node: GoNode): Transport {
  const peers = new WeakMap<Duplex, Peer>();
  const agent = new http.Agent({ keepAlive: true });
  const open = callbackify(async (host: string) => {
    const { socket, peer } = await connect(host, node);
    peers.set(socket, peer);
    return socket;
  });
  agent.createConnection = (options, done) => {
    open(String(options.host), (error, socket) => done?.(error, socket));
    return undefined;
  };
  return {
    async fetch(method, url, headers) {
      for (;;) {
        const request = http.request({
          agent,
          method,
          host: url.hostname,
          port: HTTPS,
          path: `${url.pathname}${url.search}`,
          headers: { host: url.host, "user-agent": "containerd", ...headers },
        });
        try {
          const answer = await answerTo(request, node.limits);
          const address = peerOf(request, peers)?.address ?? "";
          return { ok: true, answer, family: address.includes(":") ? "v6" : "v4", address };
        } catch (error) {
          request.destroy();
          // A server may close a connection that waits for its next request: Go then asks again.
          if (request.reusedSocket && codeOf(error) === "ECONNRESET") continue;
          return { ok: false, text: textOf(error, peerOf(request, peers)?.link) };
        }
      }
    },
    close: () => agent.destroy(),
  };
}

function peerOf({ socket }: http.ClientRequest, peers: WeakMap<Duplex, Peer>): Peer | undefined {
  return socket === null ? undefined : peers.get(socket);
}

function answerTo(request: http.ClientRequest, limits: GoNode["limits"]): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const limit = (ms: number, text: string): void => {
      clearTimeout(timer);
      timer = setTimeout(() => reject(new GoError(text)), ms);
    };
    request.on("error", reject);
    request.on("close", () => clearTimeout(timer));
    request.on("socket", () =>
      limit(limits.headersMs, "net/http: timeout awaiting response headers"),
    );
    request.on("response", (response) => {
      const chunks: Buffer[] = [];
      const more = (): void => limit(limits.progressMs, "context canceled");
      more();
      response.on("error", reject);
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        more();
      });
      response.on("end", () => {
        clearTimeout(timer);
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, body: Buffer.concat(chunks).toString("utf8") });
      });
    });
    request.end();
  });
}
