// From an HTTP request to an HTTP response: the login, the queue, the record of writes.
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { AbortDamage } from "./abort-damage.ts";
import { answer } from "./answer.ts";
import { asJson, forbiddenPage, unauthorized } from "./errors.ts";
import type { RouterOsOptions } from "./options.ts";
import type { Plane } from "./plane.ts";
import { readText } from "./request-body.ts";
import type { Answer, RestRequest } from "./rest-request.ts";
import { takesMs } from "./route.ts";
import type { RouterState } from "./router-state.ts";
import type { Turns } from "./turns.ts";
import type { Policy } from "./users.ts";

/** A request other than GET; status 0 where the connection was cut. */
export type Write = {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly status: number;
};

/** What has come in so far. */
export type Seen = { requests: number; connections: number; writes: Write[] };

export type Endpoint = {
  readonly options: Pick<RouterOsOptions, "loginDelayMs" | "msPerRow" | "between">;
  readonly state: RouterState;
  /** One queue for each user. */
  readonly turnsOf: (user: string) => Turns;
  readonly seen: Seen;
  readonly plane: Plane;
  readonly damage: AbortDamage;
};

/** Answers one request; rejects if the client hangs up while it sends. */
export async function serve(
  endpoint: Endpoint,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { state, damage } = endpoint;
  const { url: path = "/", method = "GET", headers, socket } = request;
  const asked: RestRequest = {
    method,
    path,
    text: await readText(request),
    contentType: headers["content-type"],
    authorization: headers.authorization,
    from: socket.remoteAddress ?? "",
  };
  let status: number | null = null;
  response.once("close", () => {
    // Status 0: the router cut the connection itself.
    if (!response.writableEnded && status !== 0) damage.aborted(() => status);
  });
  const next = (its: RestRequest) => respond(endpoint, its);
  const { between } = endpoint.options;
  const reply = await (between === undefined ? next(asked) : between(asked, next));
  status = reply === "close" ? 0 : reply.status;
  if (response.destroyed) return;
  const scheme = "encrypted" in socket ? "https" : "http";
  send(response, damage.complete(reply), {
    origin: `${scheme}://${headers.host ?? ""}`,
    rawControlBytes: state.faults.rawControlBytes,
  });
}

async function respond(endpoint: Endpoint, asked: RestRequest): Promise<Answer> {
  const { state, turnsOf, seen, plane, options } = endpoint;
  if (!asked.path.startsWith("/rest/")) return { status: 200, html: "<html>WebFig</html>" };
  seen.requests += 1;
  if (state.faults.restOff) return forbiddenPage;
  const login = await logsIn(endpoint, asked);
  if (login === null) return unauthorized;
  const takes = takesMs(state, asked, options.msPerRow);
  const reply = await turnsOf(login.user).run(takes, async () => {
    await plane.inStep();
    const given = answer(state, login.policies, asked);
    await plane.inStep();
    return given;
  });
  if (asked.method !== "GET") {
    const { method, path, text: body } = asked;
    seen.writes.push({ method, path, body, status: reply === "close" ? 0 : reply.status });
  }
  return reply;
}

type Login = { readonly user: string; readonly policies: ReadonlySet<Policy> };

async function logsIn({ options, state }: Endpoint, asked: RestRequest): Promise<Login | null> {
  const { authorization, from } = asked;
  if (authorization === undefined) return null;
  const given = Buffer.from(authorization.replace(/^Basic /, ""), "base64").toString("utf8");
  const user = given.slice(0, given.indexOf(":"));
  const policies = state.users.login(user, given.slice(user.length + 1), from);
  if (policies !== null && !state.faults.refuseLogin) return { user, policies };
  state.log.push(`system,error,critical login failure for user ${user} from ${from} via rest-api`);
  await sleep(options.loginDelayMs ?? LOGIN_FAILURE_MS);
  return null;
}

/** How long an idle CHR takes over a failed login. */
const LOGIN_FAILURE_MS = 125;

function send(
  response: ServerResponse,
  reply: Answer,
  { origin, rawControlBytes }: { readonly origin: string; readonly rawControlBytes: boolean },
): void {
  if (reply === "close") {
    response.socket?.destroy();
    return;
  }
  const json = reply.body === undefined ? "" : asJson(reply.body);
  const text = reply.html ?? (rawControlBytes ? withRawBytes(json) : json);
  const type = reply.html === undefined ? "application/json" : "text/html";
  const { Location: location, ...others } = reply.headers ?? {};
  response.writeHead(reply.status, {
    ...(text === "" ? {} : { "Content-Type": type }),
    ...others,
    ...(location === undefined ? {} : { Location: `${origin}${location}` }),
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
