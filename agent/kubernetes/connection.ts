// One HTTP exchange with the API server. node:https, because the global fetch costs 25 MB.
import * as http from "node:http";
import * as https from "node:https";
import { retryAfterMs } from "../basics/retry.ts";

export type HttpReply = {
  readonly kind: "reply";
  readonly status: number;
  readonly contentType: string;
  /** How long the server asked to be left alone, ms; null if it did not. */
  readonly retryAfterMs: number | null;
  /** The server's own clock when it answered, ms since the epoch; null if it did not say. */
  readonly at: number | null;
  readonly text: string;
};

/**
 * `too-large`: the body went over the limit and was not read on. `no-token`: nothing was sent.
 * `unreadable`: a body that is not what the API server sends.
 */
export type NoReply = {
  readonly kind: "closed" | "timeout" | "too-large" | "unreadable" | "certificate" | "no-token";
  readonly detail: string;
};

export type HttpRequest = {
  readonly method: "GET" | "POST" | "DELETE";
  /** Path and query. */
  readonly path: string;
  readonly token: string;
  readonly body?: unknown;
};

export type Connection = {
  /** Never throws: what goes wrong on the way is a value. */
  send(request: HttpRequest): Promise<HttpReply | NoReply>;
  /** Ends idle connections. */
  close(): void;
};

/** Four connections are enough for one agent; an idle one is dropped before the server does it. */
const POOL = { keepAlive: true, maxSockets: 4, timeout: 30_000 } as const;

export function createConnection(options: {
  readonly url: string;
  /** PEM of the cluster's authority; null: the system's authorities. */
  readonly ca: string | null;
  readonly timeoutMs: number;
  readonly maxReplyBytes: number;
}): Connection {
  const secure = new URL(options.url).protocol === "https:";
  const trust = options.ca === null ? {} : { ca: options.ca };
  const pool = secure ? new https.Agent({ ...POOL, ...trust }) : new http.Agent(POOL);
  const request = secure ? https.request : http.request;

  function send(asked: HttpRequest): Promise<HttpReply | NoReply> {
    const { promise, resolve } = Promise.withResolvers<HttpReply | NoReply>();
    const body = asked.body === undefined ? null : JSON.stringify(asked.body);
    const signal = AbortSignal.timeout(options.timeoutMs);
    const noReply = (cause: unknown): NoReply =>
      signal.aborted
        ? { kind: "timeout", detail: `no answer within ${options.timeoutMs} ms` }
        : noReplyOf(cause);
    const outgoing = request(
      new URL(asked.path, options.url),
      {
        method: asked.method,
        agent: pool,
        signal,
        headers: {
          authorization: `Bearer ${asked.token}`,
          accept: "application/json",
          "user-agent": "backon-agent",
          ...(body === null
            ? {}
            : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
        },
      },
      (reply) => void readReply(reply, options.maxReplyBytes, noReply).then(resolve),
    );
    outgoing.on("error", (error) => resolve(noReply(error)));
    outgoing.end(body ?? undefined);
    return promise;
  }
  return { send, close: () => pool.destroy() };
}

async function readReply(
  reply: http.IncomingMessage,
  maxBytes: number,
  noReply: (cause: unknown) => NoReply,
): Promise<HttpReply | NoReply> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of reply) {
      if (!Buffer.isBuffer(chunk)) continue;
      bytes += chunk.length;
      if (bytes > maxBytes) return { kind: "too-large", detail: `more than ${maxBytes} bytes` };
      chunks.push(chunk);
    }
  } catch (cause) {
    return noReply(cause);
  }
  return {
    kind: "reply",
    status: reply.statusCode ?? 0,
    contentType: reply.headers["content-type"] ?? "",
    retryAfterMs: retryAfterMs(reply.headers["retry-after"], Date.now()),
    at: dateOf(reply),
    text: Buffer.concat(chunks).toString(),
  };
}

function dateOf(reply: http.IncomingMessage): number | null {
  const at = Date.parse(reply.headers.date ?? "");
  return Number.isNaN(at) ? null : at;
}

function noReplyOf(cause: unknown): NoReply {
  if (!(cause instanceof Error)) return { kind: "closed", detail: String(cause) };
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
  if (/CERT|SIGNATURE|SELF_SIGNED|ISSUER|ALTNAME/.test(code))
    return { kind: "certificate", detail: `${code}: ${cause.message}` };
  return { kind: "closed", detail: code === "" ? cause.message : code };
}
