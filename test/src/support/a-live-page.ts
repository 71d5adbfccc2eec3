// A page's end of its WebSocket.
import { exports } from "cloudflare:workers";
import { Doorbell } from "./a-doorbell.ts";
import { ORIGIN, type Session } from "./a-session.ts";
import { requestOf } from "./worker.ts";

/** Asks for the WebSocket as a browser that shows the page does, unless a test says otherwise. */
export function askForLive(
  session: Session | null,
  cluster = "home",
  origin: string | null = ORIGIN,
): Promise<Response> {
  const headers = { upgrade: "websocket", ...session, ...(origin === null ? {} : { origin }) };
  const request = requestOf("GET", `/clusters/${cluster}/live`, { headers });
  return exports.default.fetch(new Request(request, { redirect: "manual" }));
}

/** A page that is open. */
export async function aLivePage(session: Session, cluster = "home"): Promise<Doorbell> {
  const response = await askForLive(session, cluster);
  if (response.webSocket === null) throw new Error(`${response.status}: ${await response.text()}`);
  return new Doorbell(response.webSocket);
}
