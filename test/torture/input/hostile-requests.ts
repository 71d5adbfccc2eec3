// Requests that no honest client sends, to every route, byte for byte, and what is wrong with an answer.
import { connect } from "node:net";
import fc from "fast-check";
import { ROUTES } from "./routes.ts";

export type Answer = {
  readonly status: number;
  readonly head: string;
  readonly body: string;
  /** Not so: workerd, or what stands before it, could not read the request as HTTP. */
  readonly isOurs: boolean;
};

/** Sends these bytes and no more, and reads until the other side hangs up. */
export async function exchange(port: number, request: string): Promise<Answer | null> {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.on("data", (data) => (text += data.toString("latin1")));
  socket.on("error", () => {});
  // Also ends what waits for the rest of a body.
  socket.end(Buffer.from(request, "latin1"));
  // A body that is too long may end in a reset instead.
  await new Promise((resolve) => socket.once("close", resolve));
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
export function fault(answer: Answer | null, method: string): string | null {
  if (answer === null) return null; // Hung up on: bytes that are no HTTP.
  const { status, body, isOurs } = answer;
  if (/\n\s+at \S/.test(body)) return "a stack";
  if (status >= 500 && (isOurs || status !== 501)) return `${status}`;
  if (isOurs && status >= 400 && !isProblem(answer, method))
    return `${status}, and no problem body`;
  return null;
}

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
/** What the Worker needs so that each way in is open to somebody. */
export const SLACK = {
  SLACK_SIGNING_SECRET: "slack-secret-of-the-hostile-requests",
  SLACK_TEAM_ID: "T1TEAM",
  SLACK_APP_ID: "A1APP",
};

/** Every route of the Worker's own list, and some that are none. */
const paths = [
  ...new Set(ROUTES.map((route) => (route.split(" ")[1] ?? "/").replaceAll(/:\w+/g, "x"))),
  "/clusters/home",
  "/v1/jobs?cluster=home",
  "/v1/nothing",
  "/.env",
  "/..%2f..%2fetc%2fpasswd",
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
  // Deep, long, and beyond each limit but that of alerts.
  fc.constantFrom("[".repeat(20_000), `{"kind":"${"x".repeat(20_000)}"}`, "9".repeat(70_000)),
);
const framing = fc.constantFrom("none", "length", "short", "long", "chunks", "no size", "cut off");

export type HostileRequest = { readonly method: string; readonly bytes: string };

export function hostileRequests(tokens: readonly string[]): fc.Arbitrary<HostileRequest> {
  const who = fc.constantFrom(-1, ...tokens.keys());
  return fc
    .tuple(fc.constantFrom(...methods), target, headers, who, framing, text)
    .map(([method, path, lines, number, how, body]) => {
      const token = tokens[number];
      const head = [
        `${method} ${path} HTTP/1.1`,
        "host: backon.example",
        ...(token === undefined ? [] : [`authorization: Bearer ${token}`]),
        ...lines,
      ].join("\r\n");
      return { method, bytes: `${head}\r\n${framed(how, Buffer.from(body).toString("latin1"))}` };
    });
}

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
