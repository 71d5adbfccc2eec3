// The router's REST API as RouterOS wants to be asked: one request at a time, never cut early,
// and after anything unclear a pause, a new connection, a check, and only then the next question.
import * as z from "zod";
import type { Clock, Result } from "../world.ts";
import { RouterAgent } from "./connection.ts";
import { exchange, type Exchanged } from "./exchange.ts";
import { leavesDoubt, type RouterFault } from "./fault.ts";
import { faultOf, parseJson } from "./reply.ts";

/** One line for the log; it never holds a header or a body. */
export type RouterLogEntry = {
  readonly method: string;
  readonly path: string;
  /** Null if there was no answer. */
  readonly status: number | null;
  readonly detail: string;
  readonly ms: number;
};

export type RouterClientOptions = {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** PEM. */
  readonly ca?: string | undefined;
  readonly spkiSha256?: string | undefined;
  readonly servername?: string | undefined;
  readonly allowHttp?: boolean;
  readonly connectTimeoutMs?: number;
  readonly timeoutMs?: number;
  readonly pauseMs?: number;
  readonly maxReplyBytes?: number;
  readonly clock: Clock;
  log(entry: RouterLogEntry): void;
};

export type Answered<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: RouterFault };

export type RouterClient = {
  /** Host and port, for messages. */
  readonly on: string;
  /** Path after `/rest/`. Tried up to three times; never after a refused login or right. */
  get<T>(path: string, schema: z.ZodType<T>): Promise<Answered<T>>;
  /** Sent once, whatever happens; the caller reads back, because a status proves nothing. */
  write(method: "PUT" | "POST" | "DELETE", path: string, body?: object): Promise<Answered<null>>;
  close(): void;
};

/** TCP and TLS on a local network. */
const CONNECT_MS = 5_000;
/** Above the router's own limit of 60 s: cutting a request earlier disturbs those after it. */
const ANSWER_MS = 65_000;
/** A cut request disturbs RouterOS 7.21.5 for up to 2.4 s (measured by quickchr). */
const PAUSE_MS = 5_000;
/** About 40,000 rules. */
const REPLY_BYTES = 16 * 1024 * 1024;
/** Retries of a GET wait one pause, then two; without jitter, as each router has one agent. */
const GET_ATTEMPTS = 3;

const Identity = z.object({ name: z.string() });

/** Refuses plain HTTP (it sends the password readable) unless `allowHttp`. Opens nothing yet. */
export function createRouterClient(options: RouterClientOptions): Result<RouterClient> {
  const url = URL.canParse(options.url) ? new URL(options.url) : null;
  const fault = url === null ? "is no URL" : refusedUrl(url, options.allowHttp === true);
  if (url === null || fault !== null)
    return {
      ok: false,
      error: { next: "give-up", uncertain: false, message: `ROUTER_URL ${fault}` },
    };
  return { ok: true, value: clientAt(url, options) };
}

function refusedUrl(url: URL, allowHttp: boolean): string | null {
  if (url.username !== "" || url.password !== "")
    return "holds a user or a password; put them into ROUTER_USER and ROUTER_PASSWORD";
  if (url.protocol === "http:" && !allowHttp)
    return `is ${url.origin}, but http:// sends the password readable; use https:// or set ROUTER_ALLOW_HTTP=yes`;
  return url.protocol === "http:" || url.protocol === "https:" ? null : "is not https://";
}

type Attempt = { readonly method: string; readonly path: string; readonly body?: object };

function clientAt(url: URL, options: RouterClientOptions): RouterClient {
  const { clock, pauseMs = PAUSE_MS } = options;
  const send = senderTo(url, options);
  const inTurn = createTurns();
  let inDoubt = false;

  const ask = async (attempt: Attempt): Promise<Answered<string>> => {
    const answered = await send(attempt);
    inDoubt = !answered.ok && leavesDoubt(answered.fault);
    return answered;
  };
  const settle = async (pauses: number): Promise<Answered<null>> => {
    if (!inDoubt) return { ok: true, value: null };
    send.reset();
    await clock.sleep(pauseMs * pauses);
    // A mixed-up answer shows here: only this menu's object has a name.
    const checked = shaped(await ask({ method: "GET", path: "system/identity" }), Identity, url);
    inDoubt = !checked.ok;
    return checked.ok ? { ok: true, value: null } : checked;
  };
  const once = async (attempt: Attempt, pauses: number): Promise<Answered<string>> => {
    const settled = await settle(pauses);
    return settled.ok ? ask(attempt) : settled;
  };

  return {
    on: url.host,
    get: (path, schema) =>
      inTurn(async () => {
        for (let attempt = 1; ; attempt += 1) {
          const answered = await once({ method: "GET", path }, Math.max(1, attempt - 1));
          const again = !answered.ok && leavesDoubt(answered.fault);
          if (!again || attempt === GET_ATTEMPTS) return shaped(answered, schema, url, path);
        }
      }),
    write: (method, path, body) =>
      inTurn(async () => {
        const answered = await once(body ? { method, path, body } : { method, path }, 1);
        return answered.ok ? { ok: true, value: null } : answered;
      }),
    close: () => send.reset(),
  };
}

/** RouterOS works on one request of a user at a time; a queue here keeps our own order. */
function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    // The caller gets the error; the next in the queue only has to know that this one is over.
    last = turn.then(
      () => null,
      () => null,
    );
    return turn;
  };
}

type Sender = ((attempt: Attempt) => Promise<Answered<string>>) & { reset(): void };

function senderTo(url: URL, options: RouterClientOptions): Sender {
  const { clock, user, password, ca, spkiSha256, servername } = options;
  const connectTimeoutMs = options.connectTimeoutMs ?? CONNECT_MS;
  const open = () => new RouterAgent({ url, ca, spkiSha256, servername, connectTimeoutMs });
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  const limits = {
    timeoutMs: options.timeoutMs ?? ANSWER_MS,
    maxReplyBytes: options.maxReplyBytes ?? REPLY_BYTES,
  };
  const base = `${url.pathname.replace(/\/$/, "")}/rest/`;
  let agent = open();

  const send = async ({ method, path, body }: Attempt): Promise<Answered<string>> => {
    const json = body === undefined ? null : JSON.stringify(body);
    const headers = {
      Host: url.host,
      Authorization: authorization,
      Accept: "application/json",
      ...(json === null
        ? {}
        : {
            "Content-Type": "application/json",
            "Content-Length": String(Buffer.byteLength(json)),
          }),
    };
    const startedAt = clock.now();
    const wanted = { method, path: base + path, headers, body: json, ...limits };
    const exchanged = await exchange(agent, wanted);
    const answered = judge(exchanged, method, `${method} ${base}${path} on ${url.host}`);
    options.log({
      method,
      path: base + path,
      status: exchanged.ok ? exchanged.status : null,
      detail: answered.ok ? "" : answered.fault.detail,
      ms: clock.now() - startedAt,
    });
    return answered;
  };
  const reset = () => {
    agent.destroy();
    agent = open();
  };
  return Object.assign(send, { reset });
}

function judge(exchanged: Exchanged, method: string, what: string): Answered<string> {
  if (!exchanged.ok) {
    const { kind, detail } = exchanged;
    return { ok: false, fault: { kind, what, status: null, detail } };
  }
  const { status, text } = exchanged;
  if (status >= 200 && status < 300) return { ok: true, value: text };
  return { ok: false, fault: faultOf(what, method, status, text) };
}

/** After a restart RouterOS may answer with another menu's object: the shape tells. */
function shaped<T>(
  answered: Answered<string>,
  schema: z.ZodType<T>,
  url: URL,
  path = "system/identity",
): Answered<T> {
  if (!answered.ok) return answered;
  const parsed = schema.safeParse(parseJson(answered.value));
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  const where = issue === undefined ? "" : ` (${issue.path.join(".")}: ${issue.message})`;
  const what = `GET /rest/${path} on ${url.host}`;
  const detail = `an answer of another shape${where}`;
  return { ok: false, fault: { kind: "malformed", what, status: 200, detail } };
}
