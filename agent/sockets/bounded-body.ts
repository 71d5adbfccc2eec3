// A body that is read to its end, but not further than its limit.
import type { Readable } from "node:stream";

/** The body is larger than the caller reads; the connection is gone. */
export class TooLarge extends Error {
  constructor(maxBytes: number) {
    super(`the answer is larger than ${maxBytes} bytes`);
  }
}

/** The whole body. Rejects with TooLarge, or with Node's error if the answer breaks off. */
export async function boundedBody(reply: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of reply) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > maxBytes) {
      reply.destroy(); // Leaving the loop alone keeps the connection.
      throw new TooLarge(maxBytes);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
