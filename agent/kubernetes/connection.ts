// One HTTP exchange with the API server. node:https, because the global fetch costs 25 MB.
import * as http from "node:http";
import * as https from "node:https";
import { dateIn, retryAfterMs } from "../basics/retry.ts";
import type { Result } from "../ports/result.ts";
import type { AuthoritySource } from "./authority.ts";
import { errorText } from "../basics/error-text.ts";
import { TooLarge } from "../sockets/bounded-body.ts";
import { exchange } from "../sockets/exchange.ts";

export type HttpReply = {
  readonly kind: "reply";
  readonly status: number;
  readonly contentType: string;
  /** How long the server asked to be left alone, ms; null if it did not. */
  readonly retryAfterMs: number | null;
  /** The server's own clock when it answered, ms since the epoch; null if it did not say. */
  readonly at: number | null;
  readonly body: Buffer;
};

export function textOf({ body }: HttpReply): string {
  return body.toString("utf8");
}

/**
 * `no-authority`: the CA file cannot be used, and nothing was sent. `too-large`: the body went over the limit and was not read on. `no-token`: nothing was sent.
 * `unreadable`: a body that is not what the API server sends.
 */
export type NoReply = {
  readonly kind:
    | "closed"
    | "timeout"
    | "too-large"
    | "unreadable"
    | "certificate"
    | "no-authority"
    | "no-token";
  readonly detail: string;
};

export type HttpRequest = {
  readonly method: "GET" | "POST" | "DELETE";
  /** Path and query. */
  readonly path: string;
  /** Null: whoever stands before the server adds the login, as `kubectl proxy` does. */
  readonly token: string | null;
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
  readonly ca: AuthoritySource;
  readonly timeoutMs: number;
  readonly maxReplyBytes: number;
}): Connection {
  const secure = new URL(options.url).protocol === "https:";
  const pool = secure ? new https.Agent(POOL) : new http.Agent(POOL);
  const request = secure ? https.request : http.request;

  /** A certificate that is refused ends a handshake before anything is sent: with a newer CA it may pass. */
  async function send(asked: HttpRequest): Promise<HttpReply | NoReply> {
    const ca = authority(options.ca, false);
    if (!ca.ok) return ca.error;
    const reply = await sendTrusting(asked, ca.value);
    if (reply.kind !== "certificate") return reply;
    const newer = authority(options.ca, true);
    if (!newer.ok) return newer.error;
    return newer.value === ca.value ? reply : sendTrusting(asked, newer.value);
  }

  async function sendTrusting(asked: HttpRequest, ca: string | null): Promise<HttpReply | NoReply> {
    const { timeoutMs, maxReplyBytes: maxBytes } = options;
    const body = asked.body === undefined ? null : JSON.stringify(asked.body);
    const signal = AbortSignal.timeout(timeoutMs);
    const outgoing = request(new URL(asked.path, options.url), {
      method: asked.method,
      agent: pool,
      signal,
      // Part of the pool's key: no connection outlives the authority that it was opened under.
      ...(ca === null ? {} : { ca }),
      headers: {
        ...(asked.token === null ? {} : { authorization: `Bearer ${asked.token}` }),
        accept: "application/json",
        // The server compresses answers over 128 KiB: pods to a tenth of their size.
        "accept-encoding": "gzip",
        "user-agent": "backon-agent",
        ...(body === null
          ? {}
          : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
      },
    });
    try {
      const reply = await exchange(outgoing, { body, maxBytes });
      const { status, headers } = reply;
      return {
        kind: "reply",
        status,
        contentType: headers["content-type"] ?? "",
        retryAfterMs: retryAfterMs(headers["retry-after"], Date.now()),
        at: dateIn(headers.date),
        body: reply.body,
      };
    } catch (cause) {
      if (cause instanceof TooLarge)
        return { kind: "too-large", detail: `more than ${maxBytes} bytes` };
      if (signal.aborted) return { kind: "timeout", detail: `no answer within ${timeoutMs} ms` };
      return noReplyOf(cause);
    }
  }
  return { send, close: () => pool.destroy() };
}

function authority(source: AuthoritySource, fresh: boolean): Result<string | null, NoReply> {
  try {
    return { ok: true, value: source(fresh) };
  } catch (cause) {
    return { ok: false, error: { kind: "no-authority", detail: errorText(cause) } };
  }
}

function noReplyOf(cause: unknown): NoReply {
  if (!(cause instanceof Error)) return { kind: "closed", detail: String(cause) };
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
  if (/CERT|SIGNATURE|SELF_SIGNED|ISSUER|ALTNAME/.test(code))
    return { kind: "certificate", detail: `${code}: ${cause.message}` };
  return { kind: "closed", detail: code === "" ? cause.message : code };
}
