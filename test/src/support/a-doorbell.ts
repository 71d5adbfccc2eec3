// The agent's end of the doorbell: what it heard, and the next thing it hears.
import { exports } from "cloudflare:workers";
import { requestOf, type Token } from "./worker.ts";

/** Rings and pongs as they are; an end as `closed CODE`. */
export class Doorbell {
  readonly heard: string[] = [];
  readonly #socket: WebSocket;
  readonly #waiting: { readonly for: string | null; readonly tell: (what: string) => void }[] = [];

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", (event) => {
      this.#hear(String(event.data));
    });
    socket.addEventListener("close", (event) => {
      this.#hear(`closed ${event.code}`);
    });
    socket.accept();
  }

  #hear(what: string): void {
    this.heard.push(what);
    const meant = this.#waiting.filter((waiting) => waiting.for === null || waiting.for === what);
    for (const waiting of meant) {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      waiting.tell(what);
    }
  }

  /** What is heard next, from now on; or this very word. */
  next(what: string | null = null): Promise<string> {
    return new Promise((resolve) => {
      this.#waiting.push({ for: what, tell: resolve });
    });
  }

  /** Everything that was sent before has arrived once this is answered. */
  async ping(): Promise<string> {
    const answer = this.next("pong");
    this.#socket.send("ping");
    return await answer;
  }

  close(): void {
    this.#socket.close(1000, "done");
  }
}

export function askForDoorbell(token: Token, query = "?protocol=1"): Promise<Response> {
  const headers = { upgrade: "websocket" };
  return exports.default.fetch(requestOf("GET", `/v1/agent/doorbell${query}`, { token, headers }));
}

export async function aDoorbell(token: Token): Promise<Doorbell> {
  const response = await askForDoorbell(token);
  if (response.webSocket === null) throw new Error(`${response.status}: ${await response.text()}`);
  return new Doorbell(response.webSocket);
}
