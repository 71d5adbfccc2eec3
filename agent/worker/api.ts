// The Worker's API, as src/protocol/calls.ts says it. No call is repeated here: who calls knows
// whether a repeat is the same call.
import http from "node:http";
import https from "node:https";
import type * as z from "zod/mini";
import {
  ClaimReply,
  paths,
  PROTOCOL,
  type ClaimRequest,
  type ProgressRequest,
  type ReportRequest,
} from "../../src/protocol/calls.ts";
import { ProgressReply, ReportReply } from "../../src/protocol/replies.ts";
import { Problem } from "../../src/protocol/problem.ts";
import { parseJson } from "../basics/json.ts";
import { errorText } from "../basics/error-text.ts";
import { retryAfterMs } from "../basics/retry.ts";
import { exchange, type Answer } from "../sockets/exchange.ts";
import { VERSION } from "../../src/protocol/version.ts";

/** `status` null: no answer came. 409: the lease is not ours. 426: another protocol. */
export type WorkerFailure = {
  readonly ok: false;
  readonly status: number | null;
  readonly message: string;
  /** How long the Worker asked to be left alone, ms; null or left out: it did not. */
  readonly retryAfterMs?: number | null;
};
export type WorkerResult<T> = { readonly ok: true; readonly value: T } | WorkerFailure;

export type WorkerOptions = {
  readonly url: string;
  readonly token: () => string;
  readonly timeoutMs: number;
  readonly agent: http.Agent;
  /** What is sent, without this process's secrets: a report quotes other peers. */
  readonly hush: (body: unknown) => unknown;
};

const REPLY_LIMIT_BYTES = 1024 * 1024;

export interface WorkerApi {
  claim(request: ClaimRequest): Promise<WorkerResult<ClaimReply>>;
  progress(job: string, request: ProgressRequest): Promise<WorkerResult<ProgressReply>>;
  report(job: string, request: ReportRequest): Promise<WorkerResult<ReportReply>>;
}

export function createWorker(options: WorkerOptions): WorkerApi {
  return {
    claim: (request) => call(options, { path: paths.claim, body: request }, ClaimReply),
    progress: (job, request) =>
      call(options, { path: paths.progress(job), body: request }, ProgressReply),
    report: (job, request) =>
      call(options, { path: paths.report(job), body: request }, ReportReply),
  };
}

async function call<T>(
  options: WorkerOptions,
  { path, body }: { readonly path: string; readonly body: unknown },
  schema: z.ZodMiniType<T>,
): Promise<WorkerResult<T>> {
  const url = new URL(path, options.url);
  const what = `POST ${path} on ${url.host}`;
  const unanswered = (why: string): WorkerFailure => ({
    ok: false,
    status: null,
    message: `${what}: ${why}`,
  });
  let reply: Answer;
  try {
    reply = await post(url, JSON.stringify(options.hush(body)), options);
  } catch (cause) {
    return unanswered(errorText(cause));
  }
  const { status } = reply;
  const text = reply.body.toString("utf8");
  if (status !== 200)
    return {
      ok: false,
      status,
      message: `${what}: ${status} ${detailOf(text)}`,
      retryAfterMs: retryAfterMs(reply.headers["retry-after"], Date.now()),
    };
  const parsed = schema.safeParse(parseJson(text));
  return parsed.success
    ? { ok: true, value: parsed.data }
    : unanswered("the reply has another shape than the protocol says");
}

async function post(
  url: URL,
  body: string,
  { token, timeoutMs, agent }: WorkerOptions,
): Promise<Answer> {
  const { request } = url.protocol === "https:" ? https : http;
  const outgoing = request(url, {
    method: "POST",
    agent,
    signal: AbortSignal.timeout(timeoutMs),
    headers: {
      authorization: `Bearer ${token()}`,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      "backon-protocol": String(PROTOCOL.max),
      "user-agent": `backon-agent/${VERSION} node/${process.versions.node}`,
    },
  });
  return exchange(outgoing, { body, maxBytes: REPLY_LIMIT_BYTES });
}

function detailOf(text: string): string {
  const problem = Problem.safeParse(parseJson(text));
  return problem.success ? problem.data.detail : "(no problem body)";
}
