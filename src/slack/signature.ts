// Slack's request signature, v0 (docs.slack.dev, "Verifying requests from Slack"): HMAC-SHA256 of
// `v0:TIMESTAMP:` and the raw body, keyed with the signing secret as text.

/** How far Slack's clock and ours may differ, in either direction (Slack's documentation). */
const TOLERANCE_MS = 300_000;

export type SlackCheck = "ok" | "missing" | "malformed" | "stale" | "wrong";

type SlackHeaders = {
  readonly timestamp: string | null;
  readonly signature: string | null;
  readonly nowMs: number;
};

/** What the headers alone show, before a body is read: `ok` only says that they may be Slack's. */
export function checkSlackHeaders({
  timestamp,
  signature,
  nowMs,
}: SlackHeaders): Exclude<SlackCheck, "wrong"> {
  if (timestamp === null || signature === null) return "missing";
  if (!/^\d{1,12}$/.test(timestamp) || !/^v0=[0-9a-f]{64}$/.test(signature)) return "malformed";
  return Math.abs(nowMs - Number(timestamp) * 1000) <= TOLERANCE_MS ? "ok" : "stale";
}

/**
 * Did Slack send these bytes just now? `secrets` may hold two during a rotation; none, or an empty
 * one, verifies nothing. `timestamp` and `signature` are the headers as received.
 */
export async function verifySlack(
  request: SlackHeaders & {
    readonly secrets: readonly string[];
    readonly body: ArrayBuffer | Uint8Array;
  },
): Promise<SlackCheck> {
  const { timestamp, signature } = request;
  const claimed = checkSlackHeaders(request);
  if (claimed !== "ok") return claimed;
  if (timestamp === null || signature === null) return "missing";

  const signed = signedBytes(timestamp, request.body);
  const mac = hexBytes(signature.slice("v0=".length));
  for (const secret of request.secrets) {
    if (secret !== "" && (await matches(secret, mac, signed))) return "ok";
  }
  return "wrong";
}

async function matches(secret: string, mac: Uint8Array, signed: Uint8Array): Promise<boolean> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const bytes = new TextEncoder().encode(secret);
  const key = await crypto.subtle.importKey("raw", bytes, algorithm, false, ["verify"]);
  // Compares in constant time, unlike a comparison of strings.
  return await crypto.subtle.verify(algorithm, key, mac, signed);
}

function signedBytes(timestamp: string, body: ArrayBuffer | Uint8Array): Uint8Array {
  const prefix = new TextEncoder().encode(`v0:${timestamp}:`);
  const signed = new Uint8Array(prefix.length + body.byteLength);
  signed.set(prefix);
  signed.set(body instanceof Uint8Array ? body : new Uint8Array(body), prefix.length);
  return signed;
}

function hexBytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
