// The contract suite's own plain client: one connection for each request, nothing repeated.
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { connect, type SecureVersion } from "node:tls";

export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The parsed body; undefined where it is no JSON. */
  readonly json: unknown;
};

type Login = { readonly user: string; readonly password: string };
export type Sent = {
  readonly body?: object;
  /** In place of `body`, as it is. */
  readonly raw?: string;
  readonly contentType?: string;
  /** Left out: the router's usual user. */
  readonly login?: Login | "none";
  /** Breaks the connection off this long after the request has been sent. */
  readonly hangUpAfterMs?: number;
};

export type RestClient = {
  /** `path` with `/rest`, as it goes over the wire. Rejects when there is no answer. */
  send(method: string, path: string, sent?: Sent): Promise<Reply>;
  /** How a TLS handshake in just this version ends: null, or the error. */
  handshake(version: SecureVersion): Promise<Error | null>;
  /** Lets the router's clock run on for this time. */
  pause(ms: number): Promise<void>;
  /** Keeps what the router did where nobody had written down what it does. */
  learn(answer: string): void;
  readonly login: Login;
};

export type Target = {
  readonly url: string;
  readonly login: Login;
  /** PEM; left out: the computer's own trust. */
  readonly ca?: string;
  readonly pause: (ms: number) => Promise<void>;
};

/** Above the router's own limit of 60 s: cutting earlier does damage (reference, client rules). */
const TIMEOUT_MS = 65_000;
/** A table of some ten thousand rows. */
const REPLY_BYTES = 16 * 1024 * 1024;

export function createRestClient(target: Target, learn: (answer: string) => void): RestClient {
  return {
    login: target.login,
    learn,
    pause: target.pause,
    send: (method, path, sent = {}) => exchange(target, method, path, sent),
    handshake: (version) => handshake(target, version),
  };
}

function exchange(target: Target, method: string, path: string, sent: Sent): Promise<Reply> {
  const { protocol, hostname, port } = new URL(target.url);
  const text = sent.raw ?? (sent.body === undefined ? undefined : JSON.stringify(sent.body));
  const headers: Record<string, string> = { connection: "close" };
  const login = sent.login ?? target.login;
  if (login !== "none") {
    const { user, password } = login;
    headers["authorization"] = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  }
  if (text !== undefined) headers["content-type"] = sent.contentType ?? "application/json";
  const host = hostname.replace(/^\[|\]$/g, "");
  const options = { host, port, method, path, headers, agent: false, timeout: TIMEOUT_MS };
  return new Promise((resolve, reject) => {
    const request =
      protocol === "http:"
        ? requestHttp(options)
        : requestHttps({ ...options, ...(target.ca === undefined ? {} : { ca: target.ca }) });
    request.on("error", reject);
    request.on("timeout", () => request.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    request.on("response", (response) => {
      let got = "";
      response.setEncoding("utf8");
      response.on("error", reject);
      response.on("data", (part: string) => {
        got += part;
        if (got.length > REPLY_BYTES) response.destroy(new Error("the reply is too large"));
      });
      response.on("end", () => {
        const { statusCode = 0, headers: itsHeaders } = response;
        resolve({ status: statusCode, headers: itsHeaders, text: got, json: parsed(got) });
      });
    });
    const { hangUpAfterMs } = sent;
    if (hangUpAfterMs !== undefined)
      request.once("finish", () =>
        setTimeout(() => request.destroy(new Error("hung up")), hangUpAfterMs),
      );
    request.end(text);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

function handshake({ url, ca }: Target, version: SecureVersion): Promise<Error | null> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ""),
      port: port === "" ? 443 : Number(port),
      minVersion: version,
      maxVersion: version,
      timeout: TIMEOUT_MS,
      ...(ca === undefined ? {} : { ca }),
    });
    const end = (how: Error | null) => {
      socket.destroy();
      resolve(how);
    };
    socket.once("secureConnect", () => end(null));
    socket.once("error", end);
    socket.once("timeout", () => end(new Error("the handshake takes too long")));
  });
}
