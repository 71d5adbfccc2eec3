// Whatever bytes arrive, the Worker answers as it says it does: never a fault of its own, and every
// refusal as a problem body, or on the page as a page. Raw sockets to a real workerd; the seed is fixed.
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mintToken, type TokenRole } from "../src/http/tokens.ts";
import { startLocalWorker, type LocalWorker } from "../sim/local-worker.ts";

const KEY = "a-key-for-the-tests-of-raw-http-and-its-faults";
const SEED = 20_261_128;
const REQUESTS = 1_500;

let storage = "";
let worker: LocalWorker;
let tokens: readonly string[] = [];
beforeAll(async () => {
  storage = await mkdtemp(join(tmpdir(), "backon-raw-"));
  worker = await startLocalWorker({ port: 0, storage, tokenKey: KEY });
  const roles: readonly TokenRole[] = ["operator", "agent", "alertmanager"];
  tokens = await Promise.all(
    roles.map(async (role) => {
      const wanted = { key: KEY, role, cluster: "home", sub: "anna", now: Date.now() };
      return (await mintToken(wanted)).token;
    }),
  );
}, 60_000);
afterAll(async () => {
  await worker.stop();
  await rm(storage, { recursive: true, force: true });
}, 60_000);

type Answer = {
  readonly status: number;
  readonly head: string;
  readonly body: string;
  /** Not so: workerd, or what stands before it, could not read the request as HTTP. */
  readonly isOurs: boolean;
};

/** Sends these bytes and no more, and reads until the other side hangs up. */
async function exchange(request: string): Promise<Answer | null> {
  const socket = connect(Number(new URL(worker.url).port), "127.0.0.1");
  let text = "";
  socket.on("data", (data) => (text += data.toString("latin1")));
  socket.on("error", () => {});
  // Also ends what waits for the rest of a body.
  socket.end(Buffer.from(request, "latin1"));
  await once(socket, "close");
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? Number.NaN);
  if (Number.isNaN(status)) return null;
  // What follows answers what was left of a body: a request of its own to whoever reads it.
  const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? Number.POSITIVE_INFINITY);
  const body = rest.join("\r\n\r\n").slice(0, length);
  return { status, head, body, isOurs: /^x-request-id:/im.test(head) };
}

function isProblem({ status, head, body }: Answer, method: string): boolean {
  if (/^content-type: text\/html/im.test(head)) return body === "" || body.includes("<h1>");
  if (!/^content-type: application\/problem\+json/im.test(head)) return false;
  if (method === "HEAD") return true;
  const problem = JSON.parse(body) as { status?: number; detail?: string };
  return problem.status === status && /^[^\n]{10,500}$/.test(problem.detail ?? "");
}

/** What is wrong with this answer; null if nothing is. */
function fault(answer: Answer | null, method: string): string | null {
  if (answer === null) return null; // Hung up on: bytes that are no HTTP.
  const { status, body, isOurs } = answer;
  if (/\n\s+at \S/.test(body)) return "a stack";
  if (status >= 500 && (isOurs || status !== 501)) return `${status}`;
  if (isOurs && status >= 400 && !isProblem(answer, method))
    return `${status}, and no problem body`;
  return null;
}

const ALERTS = "/v1/webhooks/alertmanager";
const form = "content-type: application/x-www-form-urlencoded\r\norigin: http://backon.example\r\n";

test.each([
  ["a GET with a body in chunks", "GET /v1/status", "", "5\r\nhello\r\n0\r\n\r\n", 401],
  ["a HEAD with a body in chunks", "HEAD /v1/status", "", "5\r\nhello\r\n0\r\n\r\n", 401],
  ["a GET of the page with chunks", "GET /sign-in", "", "5\r\nhello\r\n0\r\n\r\n", 200],
  ["chunks of a size that is none", `POST ${ALERTS}`, "", "zz\r\nhello\r\n0\r\n\r\n", 401],
  ["the same with a token", `POST ${ALERTS}`, "alertmanager", "zz\r\nhello\r\n0\r\n\r\n", 400],
  ["the same in the form that signs in", "POST /sign-in", form, "zz\r\nhello\r\n\r\n", 400],
  ["the same to Slack's way in", "POST /v1/slack/commands", "", "zz\r\nhello\r\n\r\n", 400],
  ["a chunk that is cut off", `POST ${ALERTS}`, "alertmanager", "ff\r\nhello", 400],
])("%s is answered as a request", async (_, line, with_, chunks, status) => {
  const header = with_ === "alertmanager" ? `authorization: Bearer ${tokens[2]}\r\n` : with_;
  const head = `${line} HTTP/1.1\r\nhost: backon.example\r\n${header}transfer-encoding: chunked\r\n`;

  const answer = await exchange(`${head}\r\n${chunks}`);

  expect(fault(answer, line.split(" ")[0] ?? "")).toBeNull();
  expect(answer?.status).toBe(status);
});

const methods = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "TRACE",
  "PURGE",
  "NO",
];
const paths = [
  "/",
  "/healthz",
  "/openapi.json",
  "/app.css",
  "/sign-in",
  "/sign-out",
  "/clusters/home",
  "/clusters/home/jobs/x/approve",
  ALERTS,
  "/v1/jobs",
  "/v1/jobs/x",
  "/v1/jobs/x.md",
  "/v1/jobs/x/approve",
  "/v1/status",
  "/v1/tokens",
  "/v1/tokens/x",
  "/v1/codes",
  "/v1/agent/claim",
  "/v1/agent/jobs/x/progress",
  "/v1/agent/jobs/x/report",
  "/v1/agent/doorbell",
  "/v1/slack/commands",
  "/v1/slack/interactions",
];
/** Printable, and what breaks parsers: escapes that are none, other alphabets, dots and slashes. */
const odd = fc.string({
  unit: fc.constantFrom(..."aZ09-_.~!$&'()*+,;=:@/?%\\\"<>{}[]^`|é€\u00a0".split(""), "%zz", "%00"),
  maxLength: 12,
});
const target = fc
  .tuple(fc.constantFrom(...paths), fc.constantFrom("", "", "/", "?", "?cluster=", "//"), odd)
  .map(([path, joint, end]) => encodeBare(joint === "" ? path : path + joint + end));
const headers = fc.subarray([
  "content-type: application/json",
  "content-type: application/x-www-form-urlencoded",
  "origin: http://backon.example",
  "sec-fetch-site: same-origin",
  "cookie: backon=%zz; =; backon",
  "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==",
  "x-slack-request-timestamp: 1\r\nx-slack-signature: v0=x",
  `x-slack-request-timestamp: ${Math.floor(Date.now() / 1000)}\r\nx-slack-signature: v0=${"0".repeat(64)}`,
  "idempotency-key: \u00ff",
  "accept-encoding: \u00e9",
  "range: bytes=5-2",
  "if-none-match: *",
  "expect: 100-continue",
]);
const text = fc.oneof(
  fc.constantFrom("", "{", "null", "[]", '{"alerts":[]}', '{"alerts":[null,{"labels":7}]}'),
  fc.constantFrom(
    '{"protocol":1}',
    '{"kind":"diagnose"}',
    "ssl_check=1",
    "token=x&code=%zz",
    "\ufeff",
  ),
  fc.json(),
  odd,
);
const framing = fc.constantFrom("none", "length", "short", "long", "chunks", "no size", "cut off");

/** A request line holds no spaces and no letters beyond ASCII. */
function encodeBare(path: string): string {
  return path.replaceAll(/[^\x21-\x7e]/g, (letter) => encodeURIComponent(letter));
}

function framed(how: string, body: string): string {
  const { length } = body;
  const chunked = "transfer-encoding: chunked\r\n\r\n";
  switch (how) {
    case "none":
      return "\r\n";
    case "length":
      return `content-length: ${length}\r\n\r\n${body}`;
    case "short":
      return `content-length: ${Math.max(0, length - 3)}\r\n\r\n${body}`;
    case "long":
      return `content-length: ${length + 9}\r\n\r\n${body}`;
    case "chunks":
      return `${chunked}${length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    case "no size":
      return `${chunked}zz\r\n${body}\r\n0\r\n\r\n`;
    default:
      return `${chunked}${(length + 9).toString(16)}\r\n${body}`;
  }
}

test(`${REQUESTS} requests made by chance (seed ${SEED}) get no fault of ours and no bare refusal`, async () => {
  const one = fc.tuple(
    fc.constantFrom(...methods),
    target,
    headers,
    fc.constantFrom(-1, 0, 1, 2),
    framing,
    text,
  );
  let ours = 0;

  await fc.assert(
    fc.asyncProperty(one, async ([method, path, lines, who, how, body]) => {
      const token = tokens[who];
      const head = [
        `${method} ${path} HTTP/1.1`,
        "host: backon.example",
        ...(token === undefined ? [] : [`authorization: Bearer ${token}`]),
        ...lines,
      ];
      const answer = await exchange(
        `${head.join("\r\n")}\r\n${framed(how, Buffer.from(body).toString("latin1"))}`,
      );
      if (answer?.isOurs === true) ours += 1;
      expect(fault(answer, method)).toBeNull();
    }),
    { seed: SEED, numRuns: REQUESTS },
  );

  // Most came as far as the Worker: this is no test of workerd's own parser.
  expect(ours).toBeGreaterThan(REQUESTS / 2);
}, 120_000);

test.each([
  ["/app.css", "text/css; charset=utf-8"],
  ["/app.js", "text/javascript; charset=utf-8"],
  ["/openapi.json", "application/json"],
])("%s has its type in plain workerd too", async (path, type) => {
  const answer = await fetch(worker.url + path, { headers: { range: "bytes=5-2" } });
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, type]);
});
