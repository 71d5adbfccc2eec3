// From an HTTP request to an HTTP response: the login, the queue, the record of writes.
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { answer, type Answer, type RouterState } from "./answer.ts";
import { asJson, unauthorized } from "./errors.ts";
import { readText } from "./request-body.ts";
import type { Turns } from "./turns.ts";

/** A request other than GET; status 0 where the connection was cut. */
export type Write = {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly status: number;
};

/** What has come in so far. */
export type Seen = { requests: number; connections: number; writes: Write[]; log: string[] };

export type Desk = {
  readonly options: {
    readonly user: string;
    readonly password: string;
    readonly loginDelayMs?: number;
  };
  readonly state: RouterState;
  readonly turns: Turns;
  readonly seen: Seen;
};

/** Answers one request; rejects if the client hangs up while it sends. */
export async function serve(
  desk: Desk,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { state, turns, seen } = desk;
  const { url: path = "/", method = "GET", headers } = request;
  const text = await readText(request);
  if (!path.startsWith("/rest/"))
    return send(response, { status: 200, html: "<html>WebFig</html>" });
  seen.requests += 1;
  if (!(await logsIn(desk, headers.authorization))) return send(response, unauthorized);
  const contentType = headers["content-type"];
  const reply = await turns.run(state.faults.slowMs, () =>
    answer(state, { method, path, contentType, text }),
  );
  if (method !== "GET") {
    const status = reply === "close" ? 0 : reply.status;
    seen.writes.push({ method, path, body: text, status });
  }
  send(response, reply, state.faults.rawControlBytes);
}

async function logsIn({ options, state, seen }: Desk, given: string | undefined): Promise<boolean> {
  if (given === undefined) return false;
  const right = `Basic ${Buffer.from(`${options.user}:${options.password}`).toString("base64")}`;
  if (given === right && !state.faults.refuseLogin) return true;
  seen.log.push("system,error,critical login failure via rest-api");
  await sleep(options.loginDelayMs ?? 125);
  return false;
}

function send(response: ServerResponse, reply: Answer, rawControlBytes = false): void {
  if (reply === "close") {
    response.socket?.destroy();
    return;
  }
  const json = reply.body === undefined ? "" : asJson(reply.body);
  const text = reply.html ?? (rawControlBytes ? withRawBytes(json) : json);
  const type = reply.html === undefined ? "application/json" : "text/html";
  response.writeHead(reply.status, {
    ...(text === "" ? {} : { "Content-Type": type }),
    ...reply.headers,
  });
  response.end(text);
}

/** Puts control characters into the JSON unescaped, which makes it no JSON. */
function withRawBytes(json: string): string {
  return json.replace(/\\(?:u[0-9a-f]{4}|.)/g, (escaped) => {
    const character = String(JSON.parse(`"${escaped}"`));
    return character < " " ? character : escaped;
  });
}
