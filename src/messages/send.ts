// One request out, within its limit; whatever happens is a Delivery, never an exception.
import { readApiAnswer, readHookAnswer, readWebhookAnswer, type Delivery } from "./answer.ts";
import type { Outgoing } from "./outgoing.ts";

/** Slack's answers have a few hundred bytes. */
const ANSWER_LIMIT = 64 * 1024;
const ANSWERS = { api: readApiAnswer, hook: readHookAnswer, webhook: readWebhookAnswer } as const;

/** `now` is milliseconds since the epoch. The reason of a failure never holds an address or a token. */
export async function send(
  request: Extract<Outgoing, { kind: "request" }>,
  limitMs: number,
  now: number,
): Promise<Delivery> {
  const { url, body, auth, answers } = request;
  const headers = new Headers({ "content-type": "application/json; charset=utf-8" });
  if (auth !== null && "bearer" in auth) headers.set("authorization", `Bearer ${auth.bearer}`);
  if (auth !== null && "signedWith" in auth) {
    const timestamp = String(Math.floor(now / 1000));
    headers.set("x-backon-timestamp", timestamp);
    headers.set(
      "x-backon-signature",
      `sha256=${await hmacHex(auth.signedWith, `${timestamp}.${body}`)}`,
    );
  }
  const signal = AbortSignal.timeout(limitMs);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers,
      body,
      redirect: "manual",
      signal,
    });
    const text = await beginning(response);
    return ANSWERS[answers]({
      status: response.status,
      retryAfter: response.headers.get("retry-after"),
      text,
    });
  } catch (cause) {
    const slow = signal.aborted || (cause instanceof Error && cause.name === "TimeoutError");
    const why = slow ? `no answer within ${limitMs} ms` : "the connection failed";
    return { kind: "later", why, afterMs: null };
  }
}

async function beginning(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return "";
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode(value, { stream: true });
    if (text.length >= ANSWER_LIMIT) {
      await reader.cancel();
      return text;
    }
  }
}

/** HMAC-SHA256 of a text, hex. */
async function hmacHex(secret: string, text: string): Promise<string> {
  const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes(secret), algorithm, false, ["sign"]);
  const mac = await crypto.subtle.sign(algorithm, key, bytes(text));
  return Array.from(new Uint8Array(mac), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
