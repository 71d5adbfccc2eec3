// The doorbell: the agent's hibernating WebSocket. It carries nothing; polling is the truth.
import { DOORBELL_RING } from "../protocol/calls.ts";

const TAG = "doorbell";
/**
 * A token has one agent, and for a moment the one before it. Where people share a token, closing at
 * the second would let two agents push each other off at every reconnect.
 */
const HANGING_A_TOKEN = 4;

/** The doorbells that hang at one cluster's object. Pings are answered without waking it. */
export function openDoorbell(ctx: DurableObjectState) {
  ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  /** One that is being closed is still listed, and sending to it throws. */
  const hanging = (): WebSocket[] =>
    ctx.getWebSockets(TAG).filter((ws) => ws.readyState === WebSocket.OPEN);

  return {
    /**
     * Hangs a new doorbell for the token with this id: the answer to the agent's upgrade. If four hang
     * already, they are closed first.
     */
    hang(jti: string): Response {
      const older = hanging().filter((ws) => ctx.getTags(ws).includes(jti));
      if (older.length >= HANGING_A_TOKEN)
        for (const ws of older) ws.close(4408, "this token has a newer doorbell");
      const { 0: client, 1: server } = new WebSocketPair();
      ctx.acceptWebSocket(server, [jti, TAG]);
      return new Response(null, { status: 101, webSocket: client });
    },

    ring(): void {
      for (const ws of hanging()) ws.send(DOORBELL_RING);
    },

    /** 4401: the close code that tells an agent that its token is no longer good. */
    takeDown(jti: string): void {
      for (const ws of ctx.getWebSockets(jti)) ws.close(4401, "token revoked");
    },

    /** When a hanging doorbell last answered, ms since the epoch; 0: not yet; null: none hangs. */
    pingedAt(): number | null {
      const pings = hanging().map((ws) => ctx.getWebSocketAutoResponseTimestamp(ws));
      return pings.length === 0 ? null : Math.max(...pings.map((at) => at?.getTime() ?? 0));
    },
  };
}
