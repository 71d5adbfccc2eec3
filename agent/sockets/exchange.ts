// One HTTP exchange over whatever connection its request has, with a limit on the answer's size.
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { boundedBody } from "./bounded-body.ts";

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Whole and unpacked. */
  readonly body: Buffer;
  /** Who answered. */
  readonly remoteAddress: string | undefined;
};

type Sent = {
  readonly body?: string | null;
  /** A larger answer is refused; with 0 its head is enough, and the caller ends the connection. */
  readonly maxBytes: number;
};

const NOTHING = Buffer.alloc(0);

/** Rejects with TooLarge, with Node's error, or with the signal's that the request has. */
export function exchange(request: ClientRequest, { body, maxBytes }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // Neither is an answer, and neither is an error to Node: without these nobody would be told.
    const upgrade = (): void => reject(new Error("the server wants to speak another protocol"));
    const closed = (): void => reject(new Error("the connection was closed without an answer"));
    request.on("error", reject).on("upgrade", upgrade).on("close", closed);
    request.on("response", (reply) => {
      request.off("close", closed); // The body may still be on its way to us.
      const status = reply.statusCode ?? 0;
      const { headers } = reply;
      const { remoteAddress } = reply.socket;
      const received =
        maxBytes === 0 ? Promise.resolve(NOTHING) : boundedBody(plainBody(reply), maxBytes);
      void received.then(
        (whole) => resolve({ status, headers, body: whole, remoteAddress }),
        reject,
      );
    });
    request.end(body ?? undefined);
  });
}

/** The limit is for what is unpacked, so that a small answer cannot fill the memory. */
function plainBody(reply: IncomingMessage): Readable {
  if (reply.headers["content-encoding"] !== "gzip") return reply;
  const unpacked = createGunzip();
  reply.on("error", (cause) => unpacked.destroy(cause));
  unpacked.once("close", () => reply.destroy());
  return reply.pipe(unpacked);
}
