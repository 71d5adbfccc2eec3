// One HTTP exchange: the body in, a fault or the API's answer out, a line in the list of requests.
import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { answer, type ApiWorld } from "./api.ts";
import type { Fault, Faults } from "./faults.ts";
import { readRequest } from "./requests.ts";
import { AGENT } from "./rights.ts";
import * as answers from "./status-bodies.ts";
import type { Timers } from "./timers.ts";
import type { Reply } from "./status-bodies.ts";

export type RequestLine = {
  readonly method: string;
  readonly path: string;
  /** 0 where the connection was closed or left without an answer. */
  readonly status: number;
  /** Of the answer's body as it was sent; 0 where there was none. */
  readonly bytes: number;
};

type Packed = { readonly body: Buffer; readonly headers: Readonly<Record<string, string>> };

const GZIP_OVER_BYTES = 128 * 1024;
const MAX_REQUEST_LINES = 1_000;
/** The server's own limit for a request body. */
const MAX_BODY_BYTES = 3_145_728;

type Serving = {
  readonly world: ApiWorld;
  readonly faults: Faults;
  readonly requests: RequestLine[];
  readonly timers: Timers;
  /** Called with each request before it is carried out: what else happens at that moment. */
  readonly before: (request: {
    readonly method: string;
    readonly path: string;
  }) => void | Promise<void>;
};

/** Answers one request, unless a fault decides otherwise. */
export async function serve(
  { world, faults, requests, timers, before }: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const method = request.method ?? "GET";
  const path = request.url ?? "/";
  const body = await readBody(request);
  const encodings = String(request.headers["accept-encoding"] ?? "");
  const pack = (reply: Reply) => packed(reply, encodings);
  if (body === null) return send(response, bodyTooLarge(), pack(bodyTooLarge()));
  await before({ method, path });
  const fault = faults.take(method, path);
  const act = () =>
    answer(world, {
      method,
      url: new URL(path, "https://kubernetes.default.svc"),
      authorization: request.headers.authorization ?? null,
      contentType: request.headers["content-type"] ?? null,
      body,
    });
  const reply = fault === null ? act() : faultyReply(fault, { method, path }, act);
  if (requests.length >= MAX_REQUEST_LINES) requests.shift();
  if (reply === "silent" || reply === null) {
    requests.push({ method, path, status: 0, bytes: 0 });
    if (reply === null) request.socket.destroy();
    return;
  }
  const sent = pack(reply);
  requests.push({ method, path, status: reply.status, bytes: sent.body.length });
  if (reply.heldMs === undefined) send(response, reply, sent);
  else timers.after(reply.heldMs, () => send(response, reply, sent));
}

/** Null: the connection is closed without an answer. */
function faultyReply(
  fault: Fault,
  request: { method: string; path: string },
  act: () => Reply,
): Reply | null | "silent" {
  switch (fault.kind) {
    case "flow-control":
      return answers.flowControl(fault.retryAfterSeconds ?? 1);
    case "storage-down":
      return answers.gatewayTimeout();
    case "closed":
      return null;
    case "done-then-closed":
      act();
      return null;
    case "done-then-504":
      act();
      return answers.gatewayTimeout();
    case "starting":
      return request.path.startsWith("/readyz") ? notReady() : forbidden(request);
    case "forbidden":
      return forbidden(request);
    case "denied-by-policy":
      return deniedByPolicy(request);
    case "silent":
      return "silent";
  }
}

function notReady(): Reply {
  return answers.text(500, "[-]poststarthook/rbac/bootstrap-roles failed: reason withheld");
}

function forbidden(request: { method: string; path: string }): Reply {
  const asked = readRequest(request.method, request.path.replace(/\?.*/, ""));
  return asked === null ? answers.pathNotFound() : answers.forbidden(AGENT, asked);
}

/** Code and reason are those of a missing right; only the text differs. */
function deniedByPolicy(request: { method: string; path: string }): Reply {
  const name = readRequest(request.method, request.path.replace(/\?.*/, ""))?.name ?? "";
  return answers.failure(
    403,
    `pods "${name}" is forbidden: ValidatingAdmissionPolicy 'no-evictions' with binding 'no-evictions' denied request: evictions are closed`,
    { reason: "Forbidden", details: { name, kind: "pods" } },
  );
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part = chunk as Buffer;
    bytes += part.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(part);
  }
  return bytes > MAX_BODY_BYTES ? null : Buffer.concat(chunks).toString();
}

function bodyTooLarge(): Reply {
  const message = `Request entity too large: limit is ${MAX_BODY_BYTES}`;
  return answers.failure(413, message, { reason: "RequestEntityTooLarge" });
}

/** The body as it is sent: like the real one it is compressed over 128 KiB, if that was asked for. */
function packed(reply: Reply, encodings: string): Packed {
  const text = typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body);
  const plain = Buffer.from(text);
  return plain.length > GZIP_OVER_BYTES && /\bgzip\b/.test(encodings)
    ? { body: gzipSync(plain, { level: 1 }), headers: { "content-encoding": "gzip" } }
    : { body: plain, headers: {} };
}

function send(response: ServerResponse, reply: Reply, { body, headers }: Packed): void {
  response.writeHead(reply.status, { ...reply.headers, ...headers });
  response.end(body);
}
