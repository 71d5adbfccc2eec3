// The router's answers: JSON that is not always JSON, and errors that are told by their words.
import * as z from "zod";
import { parseJson } from "../basics/json.ts";
import type { FaultKind, RouterFault } from "./fault.ts";

const ErrorBody = z.object({ detail: z.string().optional(), message: z.string().optional() });

/** The parsed body, or undefined if it is no JSON. */
export function parseReply(text: string): unknown {
  return parseJson(text) ?? parseJson(escapeControlCharacters(text));
}

/**
 * Some versions leave control characters raw inside strings (reference: terraform-routeros). One pass
 * over the text, whatever is in it.
 */
function escapeControlCharacters(text: string): string {
  let inString = false;
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replace(/\\[^\u0000-\u001f]|"|[\u0000-\u001f]/g, (found) => {
    if (found === '"') inString = !inString;
    if (!inString || found.length > 1 || found === '"') return found;
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** The router's errors are a line of text; what is longer comes from something else, and is not read. */
const ERROR_CHARACTERS = 65_536;

/** `what` is how messages name it. */
export type Asked = { readonly what: string; readonly method: string };

/** What an answer other than 2xx means. The body counts only if it is JSON, and not long. */
export function faultOf({ what, method }: Asked, status: number, text: string): RouterFault {
  const body = ErrorBody.safeParse(text.length > ERROR_CHARACTERS ? undefined : parseReply(text));
  const said = body.success ? (body.data.detail ?? body.data.message ?? "") : "";
  const detail = said === "" ? "without an explanation" : said;
  return { kind: kindOf(method, status, detail), what, status, detail };
}

/**
 * By the words first: a missing policy is answered with 500, or 400 for a change by id, which is
 * also the answer for a row that can't be changed.
 */
function kindOf(method: string, status: number, detail: string): FaultKind {
  if (status === 401 || status === 403) return "login";
  if (detail.includes("(9)")) return "rights";
  if (/^(DELETE|PATCH) /.test(`${method} `) && detail.startsWith("missing or invalid resource"))
    return "unchangeable";
  if (detail.includes("already have such entry")) return "exists";
  if (detail.startsWith("Session closed") || status >= 500) return "server";
  if (status === 404 || detail.startsWith("no such item")) return "not-found";
  return "refused";
}
