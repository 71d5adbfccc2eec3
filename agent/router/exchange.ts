// One HTTP request and its whole answer, with limits on time and size.
import { type Agent, request as httpRequest } from "node:http";
import { boundedBody } from "../sockets/bounded-body.ts";
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
export function exchange(agent: Agent, wanted: Exchange): Promise<Exchanged> {
  const { method, path, headers, timeoutMs, maxReplyBytes } = wanted;
  return new Promise((resolve) => {
    const request = httpRequest({ agent, method, path, headers });
    let timer: NodeJS.Timeout | undefined;
    const end = (result: Exchanged) => {
      clearTimeout(timer);
      resolve(result);
    };
    const broke = (error: Error) => {
      const kind = error instanceof NotConnected ? error.kind : "broken";
      end({ ok: false, kind, detail: error.message });
    };
    request.once("socket", () => {
      const late = new Error(`no complete answer within ${timeoutMs} ms`);
      timer = setTimeout(() => request.destroy(late), timeoutMs);
    });
    request.on("error", broke);
    request.once("response", (response) => {
      const status = response.statusCode ?? 0;
      void boundedBody(response, maxReplyBytes).then(
        (text) => end({ ok: true, status, text }),
        broke,
      );
    });
    request.end(wanted.body ?? undefined);
  });
}
