// Hibernating WebSockets that carry no data: whoever is notified comes and looks. The agent's doorbell
// (polling is the truth) and the open pages are two kinds of them.
import { DOORBELL_RING } from "../protocol/calls.ts";

/**
 * How many sockets of a kind one token may have, and which are closed when one more comes: an agent's
 * older ones are dead lines of its own, so all; the oldest page is the one that was forgotten.
 */
export type SocketLimits = { readonly most: number; readonly close: "all" | "oldest" };

/**
 * The sockets of one kind at one cluster's object. A token has one agent, and for a moment the one
 * before it; where people share a token, closing at the second would let two push each other off at
 * every reconnect. Pings are answered without waking the object.
 */
export function openSockets(ctx: DurableObjectState, kind: string, { most, close }: SocketLimits) {
  ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  /** Oldest first. One that is being closed is still listed, and sending to it throws. */
  const connected = (): WebSocket[] =>
    ctx.getWebSockets(kind).filter((ws) => ws.readyState === WebSocket.OPEN);

  return {
    /** Connects a new socket for the token with this id: the answer to the upgrade. */
    accept(jti: string): Response {
      const older = connected().filter((ws) => ctx.getTags(ws).includes(jti));
      const over = older.length - most + 1;
      const closed = over <= 0 ? [] : close === "all" ? older : older.slice(0, over);
      for (const ws of closed) ws.close(4408, "this token has a newer one");
      const { 0: client, 1: server } = new WebSocketPair();
      ctx.acceptWebSocket(server, [jti, kind]);
      return new Response(null, { status: 101, webSocket: client });
    },

    notify(): void {
      for (const ws of connected()) ws.send(DOORBELL_RING);
    },

    /** When one last answered, ms since the epoch; 0: not yet; null: none is connected. */
    pingedAt(): number | null {
      const pings = connected().map((ws) => ctx.getWebSocketAutoResponseTimestamp(ws));
      return pings.length === 0 ? null : Math.max(...pings.map((at) => at?.getTime() ?? 0));
    },
  };
}
export type Sockets = ReturnType<typeof openSockets>;

/** 4401: the close code that tells an agent, and a page, that its token is no longer good. */
export function closeSocketsOf(ctx: DurableObjectState, jti: string): void {
  for (const ws of ctx.getWebSockets(jti)) ws.close(4401, "token revoked");
}
