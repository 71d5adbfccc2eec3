// A request's body, read once its sender may come in, and never beyond its route's limit: whatever
// stands in front of a body reads none of it.
import type { Context } from "hono";
import type { AppEnv } from "./app-env.ts";
import { stop } from "./stop.ts";

/** How much of a body a route reads; `more` is what a sender of more is told. */
export type BodyLimit = { readonly bytes: number; readonly more: string };

/** What people and agents say fits many times. */
export const SMALL: BodyLimit = { bytes: 16 * 1024, more: "the body is over 16 KiB" };

/** Of a plain notification or report no more than this is read. */
const LONG_BYTES = 64 * 1024;

/**
 * The whole body; empty if there is none. 413 beyond the limit, before a byte is read where the
 * sender says the length; 400 if it breaks off or its framing is wrong. `long` may still refuse it
 * once it is longer than 64 KiB: there a revoked token is found out, of which a plain body's own call
 * asks.
 */
export async function bytesOf(
  c: Context<AppEnv>,
  { bytes, more }: BodyLimit,
  long?: () => Promise<void>,
): Promise<Uint8Array> {
  if (Number(c.req.header("content-length") ?? 0) > bytes) stop(413, more);
  return (await bytesUpTo(c, bytes, long)) ?? stop(413, more);
}

/** The whole body, or null once it is longer than this; the rest is not read. */
export async function bytesUpTo(
  c: Context<AppEnv>,
  most: number,
  long?: () => Promise<void>,
): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = c.req.raw.body?.getReader();
  for (;;) {
    const chunk = reader === undefined ? undefined : await nextOf(reader);
    if (chunk === undefined) return joinChunks(chunks, length);
    if (length <= LONG_BYTES && length + chunk.byteLength > LONG_BYTES) await long?.();
    length += chunk.byteLength;
    if (length > most) {
      await reader?.cancel().catch(() => {
        // The sender has gone already; its answer is the same.
      });
      return null;
    }
    chunks.push(chunk);
  }
}

async function nextOf(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<Uint8Array | undefined> {
  try {
    return (await reader.read()).value;
  } catch {
    // The runtime says no more than that the connection was lost.
    return stop(
      400,
      "the body broke off, or its chunks are not framed as HTTP wants; send it again",
    );
  }
}

function joinChunks(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = chunks;
  if (first !== undefined && chunks.length === 1) return first;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
