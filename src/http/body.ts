import type { Context } from "hono";
import type * as z from "zod/mini";
import { bytesOf, SMALL, type BodyLimit } from "./read-body.ts";
import type { AppEnv } from "./app-env.ts";
import { stop } from "./stop.ts";
import { inWords } from "../config/fault-words.ts";

/** Ours hold a token or a code at most, and everybody may send one. */
const FORM = { bytes: SMALL.bytes, more: "a form of ours has at most 16 KiB" };

/** The body as JSON, or 400 with one line. Whoever sent it was let in before; `long` as in `bytesOf`. */
export async function jsonBody(
  c: Context<AppEnv>,
  limit: BodyLimit = SMALL,
  long?: () => Promise<void>,
): Promise<{ value: unknown; text: string }> {
  const text = new TextDecoder().decode(await bytesOf(c, limit, long));
  try {
    return { value: JSON.parse(text), text };
  } catch {
    const what = text === "" ? "an empty body" : `${text.length} characters that are not JSON`;
    return stop(400, `expected a JSON body, got ${what}`);
  }
}

/** The fields of a form of ours; of two with one name the last. */
export async function formBody(c: Context<AppEnv>): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries(new URLSearchParams(new TextDecoder().decode(await bytesOf(c, FORM))));
}

/** The body by its schema, or 422 naming each field that does not fit. */
export function parseBody<T>(schema: z.ZodMiniType<T>, value: unknown): T {
  const parsed = schema.safeParse(value, inWords);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.join(".") || "body"}: ${message}`);
  return stop(422, faults.join("; "));
}

/** SHA-256 of a text, hex: tells a repeated call from another one. */
export async function digestOf(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
