// The body of a request, read as RouterOS reads it.
import type { IncomingMessage } from "node:http";
import { refusal, type Reply } from "./errors.ts";

type Parsed =
  | { readonly kind: "body"; readonly body: Readonly<Record<string, unknown>> }
  | { readonly kind: "refused"; readonly reply: Reply };

const noJson: Parsed = { kind: "refused", reply: refusal(400, "Failed to parse json") };

/** Numbers with an exponent are refused, as is whatever is no JSON object. */
export function parseBody(text: string, contentType: string | undefined): Parsed {
  if (!/^application\/json\b/i.test(contentType ?? ""))
    return { kind: "refused", reply: refusal(415) };
  const decimal = withDecimalNumbers(text);
  const withoutStrings = decimal.replace(/"(?:\\.|[^"\\])*"/g, '""');
  if (/\d[eE]/.test(withoutStrings)) return noJson;
  try {
    const parsed: unknown = JSON.parse(decimal);
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return noJson;
    return { kind: "body", body: { ...parsed } };
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return noJson;
  }
}

/** A number with a leading 0 is octal here, one with 0x hexadecimal. */
function withDecimalNumbers(text: string): string {
  const numbers = /"(?:\\.|[^"\\])*"|(?<![\w.])0(?:x([0-9a-f]+)|([0-7]+))\b/gi;
  return text.replace(numbers, (whole: string, hex?: string, octal?: string) => {
    if (hex !== undefined) return String(parseInt(hex, 16));
    return octal === undefined ? whole : String(parseInt(octal, 8));
  });
}

export async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString("utf8");
}
