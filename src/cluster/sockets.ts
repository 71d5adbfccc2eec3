// Hibernating WebSockets that carry nothing: whoever hears a ring comes and looks. The agent's doorbell
// (polling is the truth) and the open pages are two bells of the same kind.
import { DOORBELL_RING } from "../protocol/calls.ts";

/**
 * How many bells of a kind one token may have, and which end when one more comes: an agent's older
 * ones are dead lines of its own, so all; the oldest page is the one that was forgotten.
 */
export type BellRules = { readonly most: number; readonly ends: "all" | "oldest" };

/**
 * The bells of one kind that hang at one cluster's object. A token has one agent, and for a moment
 * the one before it; where people share a token, closing at the second would let two push each other
 * off at every reconnect. Pings are answered without waking the object.
 */
export function openBell(ctx: DurableObjectState, tag: string, { most, ends }: BellRules) {
  ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  /** Oldest first. One that is being closed is still listed, and sending to it throws. */
  const hanging = (): WebSocket[] =>
    ctx.getWebSockets(tag).filter((ws) => ws.readyState === WebSocket.OPEN);

  return {
    /** Hangs a new bell for the token with this id: the answer to the upgrade. */
    hang(jti: string): Response {
      const older = hanging().filter((ws) => ctx.getTags(ws).includes(jti));
      const over = older.length - most + 1;
      const ended = over <= 0 ? [] : ends === "all" ? older : older.slice(0, over);
      for (const ws of ended) ws.close(4408, "this token has a newer one");
      const { 0: client, 1: server } = new WebSocketPair();
      ctx.acceptWebSocket(server, [jti, tag]);
      return new Response(null, { status: 101, webSocket: client });
    },

    ring(): void {
      for (const ws of hanging()) ws.send(DOORBELL_RING);
    },

    /** When one that hangs last answered, ms since the epoch; 0: not yet; null: none hangs. */
    pingedAt(): number | null {
      const pings = hanging().map((ws) => ctx.getWebSocketAutoResponseTimestamp(ws));
      return pings.length === 0 ? null : Math.max(...pings.map((at) => at?.getTime() ?? 0));
    },
  };
}
export type Bell = ReturnType<typeof openBell>;

/** 4401: the close code that tells an agent, and a page, that its token is no longer good. */
export function takeDown(ctx: DurableObjectState, jti: string): void {
  for (const ws of ctx.getWebSockets(jti)) ws.close(4401, "token revoked");
}
