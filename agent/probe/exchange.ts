// One HTTP/1.1 request over a connection that is already up.
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import type { Duplex } from "node:stream";

export type Ask = {
  readonly method: "GET" | "HEAD";
  readonly host: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How much of the body is read; with 0 the headers are the whole answer. */
  readonly maxBytes: number;
};
export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

/**
 * Resolves with the status, the headers and at most `maxBytes` of the body. The connection is not used again: the caller destroys it.
 */
export function exchange(connection: Duplex, ask: Ask, signal: AbortSignal): Promise<Answer> {
  const { maxBytes } = ask;
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      createConnection: () => connection,
      method: ask.method,
      path: ask.path,
      headers: { host: ask.host, "user-agent": "backon", connection: "close", ...ask.headers },
      signal,
    });
    const gone = (why: string) => (): void => reject(new Error(why));
    request.on("error", reject);
    // Neither is an answer, and neither is an error to Node: without these nobody would be told.
    request.on("upgrade", gone("the server wants to speak another protocol"));
    request.on("close", gone("the connection was closed without an answer"));
    request.on("response", (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const finish = (): void => {
        const body = Buffer.concat(chunks).toString("utf8", 0, maxBytes);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      };
      response.on("error", reject);
      response.on("end", finish);
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes >= maxBytes) finish();
      });
      if (maxBytes === 0) finish();
    });
    request.end();
  });
}
