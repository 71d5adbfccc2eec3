// Requests as this account: the token, its rotation, and polite repeats.
import { errorText } from "../basics/error-text.ts";
import { isRetryable, pauseMs, type Backoff } from "../basics/retry.ts";
import type { Connection, HttpReply, HttpRequest, NoReply } from "./connection.ts";
import { isBudget } from "./failures.ts";
import type { TokenSource } from "./token.ts";

export const EMPTY_TOKEN = "the token is empty";

type Asked = Omit<HttpRequest, "token">;

export type Client = {
  /** One answer; a request turned away with 429 is sent again, but not for a budget's sake. */
  send(asked: Asked): Promise<HttpReply | NoReply>;
  /** The same, sent again too when the server or the way to it failed. Only for reads. */
  read(path: string): Promise<HttpReply | NoReply>;
  /** The server's clock now, by its newest answer, ms since the epoch; null before any. */
  serverTime(): number | null;
};

/**
 * Four tries in all. Flow control: as long as the server says, at most 10 s a time. Failures: 250 ms,
 * doubling. No jitter: one agent a cluster, so there is no herd to scatter.
 */
const TRIES = 4;
const BACKOFF: Backoff = { firstMs: 250, mostMs: 10_000, mostAskedMs: 10_000 };
/** How long a 403 is asked about while the server starts, and how often. */
const START_MS = 10_000;
const START_PAUSE_MS = 500;

export function createClient(world: {
  readonly connection: Connection;
  readonly token: TokenSource;
  /** Also given to the server as `?timeout=`, so that it stops working when we stop waiting. */
  readonly timeoutMs: number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly now: () => number;
}): Client {
  const { connection, sleep, now } = world;
  /** This clock minus the server's, ms. */
  let aheadMs: number | null = null;
  const timeout = `timeout=${Math.max(1, Math.floor(world.timeoutMs / 1_000))}s`;

  /**
   * A server that has just begun to listen answers 403 to everything until it has loaded its roles, up
   * to a second on a real one; `/readyz` says so, and is open to every account.
   */
  async function sendBelieved(asked: Asked): Promise<HttpReply | NoReply> {
    let reply = await sendAuthorized(asked);
    for (let waitedMs = 0; isForbidden(reply) && waitedMs < START_MS; waitedMs += START_PAUSE_MS) {
      const health = await sendAuthorized({ method: "GET", path: "/readyz" });
      const starts = health.kind !== "reply" || health.status >= 500;
      if (starts) await sleep(START_PAUSE_MS);
      reply = await sendAuthorized(asked);
      if (!starts) return reply;
    }
    return reply;
  }

  async function sendAuthorized(asked: Asked): Promise<HttpReply | NoReply> {
    const path = `${asked.path}${asked.path.includes("?") ? "&" : "?"}${timeout}`;
    const first = await withToken({ ...asked, path }, false);
    if (first.kind !== "reply" || first.status !== 401) return first;
    return withToken({ ...asked, path }, true);
  }

  async function withToken(asked: Asked, fresh: boolean): Promise<HttpReply | NoReply> {
    let token: string | null;
    try {
      token = world.token(fresh);
    } catch (cause) {
      return { kind: "no-token", detail: errorText(cause) };
    }
    // The server would take it for nobody's, and answer as if a right were missing.
    if (token?.trim() === "") return { kind: "no-token", detail: EMPTY_TOKEN };
    const reply = await connection.send({ ...asked, token });
    if (reply.kind === "reply" && reply.at !== null) aheadMs = now() - reply.at;
    return reply;
  }

  async function repeat(
    asked: Asked,
    again: (reply: HttpReply | NoReply) => boolean,
  ): Promise<HttpReply | NoReply> {
    for (let tried = 1; ; tried++) {
      const reply = await sendBelieved(asked);
      if (tried === TRIES || !again(reply)) return reply;
      const retryAfterMs = reply.kind === "reply" ? reply.retryAfterMs : null;
      await sleep(pauseMs(BACKOFF, { failures: tried - 1, random: 1, retryAfterMs }));
    }
  }

  return {
    send: (asked) => repeat(asked, turnedAway),
    read: (path) => repeat({ method: "GET", path }, isPassing),
    serverTime: () => (aheadMs === null ? null : now() - aheadMs),
  };
}

function isForbidden(reply: HttpReply | NoReply): boolean {
  return reply.kind === "reply" && reply.status === 403;
}

function turnedAway(reply: HttpReply | NoReply): boolean {
  return reply.kind === "reply" && reply.status === 429 && !isBudget(reply);
}

function isPassing(reply: HttpReply | NoReply): boolean {
  if (reply.kind === "reply") return isRetryable(reply.status);
  return reply.kind === "closed" || reply.kind === "timeout";
}
