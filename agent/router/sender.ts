// One request to the router with our credentials, within limits, and one log line for it.
import type { Clock } from "../ports/clock.ts";
import { hushing } from "../ports/hush.ts";
import { createRouterAgent } from "./connection.ts";
import { exchange, type Exchanged } from "./exchange.ts";
import type { RouterFault } from "./fault.ts";
import { refuseOtherPaths, type Read, type Write } from "./paths.ts";
import { faultOf, type Asked } from "./reply.ts";

/** One line for the log; it never holds a header or a body. */
export type RouterLogEntry = {
  readonly method: string;
  readonly path: string;
  /** Null if there was no answer. */
  readonly status: number | null;
  readonly detail: string;
  readonly ms: number;
};

export type SenderOptions = {
  readonly user: string;
  /** Asked for each request: it may be rotated. */
  readonly password: string | (() => string);
  /** PEM. */
  readonly ca?: string | undefined;
  readonly spkiSha256?: string | undefined;
  readonly servername?: string | undefined;
  readonly connectTimeoutMs?: number;
  readonly timeoutMs?: number;
  readonly maxReplyBytes?: number;
  readonly clock: Clock;
  log(entry: RouterLogEntry): void;
};

export type Answered<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: RouterFault };

/** TCP and TLS on a local network. */
const CONNECT_MS = 5_000;
/** Above the router's own limit of 60 s: cutting a request earlier disturbs those after it. */
const ANSWER_MS = 65_000;
/** About 40,000 rules. */
const REPLY_BYTES = 16 * 1024 * 1024;
export type Sender = ((attempt: Read | Write) => Promise<Answered<string>>) & {
  /** Cuts the connection; the next request opens a new one. */
  reset(): void;
};

/** Sends one request at once and logs it; what the answer means for the next is the client's. */
export function senderTo(url: URL, options: SenderOptions): Sender {
  const { clock, user, ca, spkiSha256, servername } = options;
  const passwordNow = (): string =>
    typeof options.password === "string" ? options.password : options.password();
  const connectTimeoutMs = options.connectTimeoutMs ?? CONNECT_MS;
  const open = () => createRouterAgent({ url, ca, spkiSha256, servername, connectTimeoutMs });
  const limits = {
    timeoutMs: options.timeoutMs ?? ANSWER_MS,
    maxReplyBytes: options.maxReplyBytes ?? REPLY_BYTES,
  };
  const base = `${url.pathname.replace(/\/$/, "")}/rest/`;
  let agent = open();

  const send = async (attempt: Read | Write): Promise<Answered<string>> => {
    refuseOtherPaths(attempt);
    const { method, path } = attempt;
    const password = passwordNow();
    const login = `${user}:${password}`;
    const hush = hushing({ tokens: [], passwords: [password, login] }).text;
    const json = "body" in attempt ? JSON.stringify(attempt.body) : null;
    const headers = {
      Host: url.host,
      Authorization: `Basic ${Buffer.from(login).toString("base64")}`,
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
    const answered = judge(
      exchanged,
      { method, what: `${method} ${base}${path} on ${url.host}` },
      hush,
    );
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

function judge(
  exchanged: Exchanged,
  asked: Asked,
  hush: (text: string) => string,
): Answered<string> {
  if (!exchanged.ok) {
    const { kind, detail } = exchanged;
    return { ok: false, fault: { kind, what: asked.what, status: null, detail: hush(detail) } };
  }
  const { status, text } = exchanged;
  if (status >= 200 && status < 300) return { ok: true, value: text };
  const fault = faultOf(asked, status, text);
  const detail = hush(fault.detail).slice(0, DETAIL_CHARACTERS);
  return { ok: false, fault: { ...fault, detail } };
}

/** As much of a router's error text as is worth keeping. */
const DETAIL_CHARACTERS = 300;
