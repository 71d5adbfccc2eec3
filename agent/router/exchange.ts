// One HTTP request and its whole answer, with limits on time and size.
import { type Agent, request as httpRequest } from "node:http";
import { errorText } from "../basics/error-text.ts";
import { exchange as httpExchange } from "../sockets/exchange.ts";
import { NotConnected } from "./connection.ts";

export type Exchange = {
  readonly method: string;
  /** As it goes on the wire: RouterOS wants the `*` of an `.id` raw. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** From having the connection to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly maxReplyBytes: number;
};

export type Exchanged =
  | { readonly ok: true; readonly status: number; readonly text: string }
  | {
      readonly ok: false;
      readonly kind: "unreachable" | "certificate" | "broken";
      readonly detail: string;
    };

/** Never throws. `broken` means that the router may have got the request. */
export async function exchange(agent: Agent, wanted: Exchange): Promise<Exchanged> {
  const { method, path, headers, body, timeoutMs, maxReplyBytes: maxBytes } = wanted;
  const request = httpRequest({ agent, method, path, headers });
  let timer: NodeJS.Timeout | undefined;
  request.once("socket", () => {
    const late = new Error(`no complete answer within ${timeoutMs} ms`);
    timer = setTimeout(() => request.destroy(late), timeoutMs);
  });
  try {
    const answer = await httpExchange(request, { body, maxBytes });
    return { ok: true, status: answer.status, text: answer.body.toString("utf8") };
  } catch (cause) {
    const kind = cause instanceof NotConnected ? cause.kind : "broken";
    return { ok: false, kind, detail: errorText(cause) };
  } finally {
    clearTimeout(timer);
  }
}
