// One raw request, as a recording or a curious person would send it.
import { request } from "node:https";

export type Asked = {
  readonly method: string;
  readonly path: string;
  /** Left out: no Authorization header. */
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it is, anything else as JSON. */
  readonly body?: unknown;
};

export type Answer = {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly retryAfter: string | undefined;
  readonly text: string;
  /** Null where the text is no JSON. */
  readonly json: unknown;
};

/** Null: the connection was closed without an answer. */
export function ask(server: { url: string; ca: string }, asked: Asked): Promise<Answer | null> {
  const { promise, resolve } = Promise.withResolvers<Answer | null>();
  const body = typeof asked.body === "string" ? asked.body : JSON.stringify(asked.body);
  const outgoing = request(
    new URL(asked.path, server.url),
    {
      method: asked.method,
      ca: server.ca,
      agent: false,
      headers: {
        ...(asked.token === undefined ? {} : { authorization: `Bearer ${asked.token}` }),
        // Node sends the body of a DELETE without any length unless it is told.
        ...(body === undefined
          ? {}
          : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
        ...asked.headers,
      },
    },
    (reply) => {
      const parts: Buffer[] = [];
      reply.on("data", (part: Buffer) => parts.push(part));
      reply.on("end", () => {
        const text = Buffer.concat(parts).toString();
        resolve({
          status: reply.statusCode ?? 0,
          contentType: reply.headers["content-type"],
          retryAfter: reply.headers["retry-after"],
          text,
          json: parse(text),
        });
      });
    },
  );
  outgoing.on("error", () => resolve(null));
  outgoing.end(body);
  return promise;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
