// Does the API server answer us at all? What every request ended as, for /readyz.
import type { Client } from "./client.ts";
import type { HttpReply, NoReply } from "./connection.ts";
import { describe } from "./failures.ts";

/** A quiet agent asks on its own, so that an authority that was replaced is noticed before a job. */
const ASK_QUIET_MS = 5 * 60_000;
const ASK_FAILING_MS = 30_000;

export type WatchedClient = Client & {
  /**
   * Why requests fail, or null after one that did not. Asks in the background where the newest answer
   * is old, so that the next call knows.
   */
  trouble(): string | null;
};

export function watchedClient(client: Client, now: () => number): WatchedClient {
  let why: string | null = null;
  let at = Number.NEGATIVE_INFINITY;
  let asking = false;

  function note(reply: HttpReply | NoReply, isRead: boolean): HttpReply | NoReply {
    const failed = reply.kind === "reply" ? failsUs(reply.status, isRead) : isWay(reply);
    why = failed ? `the Kubernetes API: ${describe(reply)}` : null;
    at = now();
    return reply;
  }

  async function read(path: string): Promise<HttpReply | NoReply> {
    return note(await client.read(path), true);
  }

  return {
    ...client,
    read,
    send: async (asked) => note(await client.send(asked), false),
    trouble() {
      const isDue = now() - at >= (why === null ? ASK_QUIET_MS : ASK_FAILING_MS);
      if (isDue && !asking) {
        asking = true;
        const over = () => void (asking = false);
        read("/version").then(over, over);
      }
      return why;
    },
  };
}

/** An eviction that the server cannot carry out (500) says nothing about the server. */
function failsUs(status: number, isRead: boolean): boolean {
  return status === 401 || (isRead && status >= 500);
}

/** A body over our limit came from a server that answers. */
function isWay(reply: NoReply): boolean {
  return reply.kind !== "too-large";
}
