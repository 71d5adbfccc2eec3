// Whatever bytes arrive, the Worker answers as it says it does: never a fault of its own, and every
// refusal as a problem body, or on the page as a page. Raw sockets to a real workerd; the seed is fixed.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mintToken, type TokenRole } from "../src/http/tokens.ts";
import { startLocalWorker, type LocalWorker } from "../sim/local-worker.ts";
import { exchange, fault, hostileRequests, SLACK } from "./torture/input/hostile-requests.ts";

const KEY = "a-key-for-the-tests-of-raw-http-and-its-faults";
const SEED = 20_261_128;
const REQUESTS = 1_500;

let storage = "";
let worker: LocalWorker;
let tokens: readonly string[] = [];
beforeAll(async () => {
  storage = await mkdtemp(join(tmpdir(), "backon-raw-"));
  worker = await startLocalWorker({ port: 0, storage, tokenKey: KEY, variables: SLACK });
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

const port = () => Number(new URL(worker.url).port);

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

  const answer = await exchange(port(), `${head}\r\n${chunks}`);

  expect(fault(answer, line.split(" ")[0] ?? "")).toBeNull();
  expect(answer?.status).toBe(status);
});

test.each(["[", "a b", "%zz", "x:99999"])(
  "the host %s is refused as the caller's fault",
  async (host) => {
    const answer = await exchange(port(), `GET /v1/status HTTP/1.1\r\nhost: ${host}\r\n\r\n`);

    expect(fault(answer, "GET")).toBeNull();
    expect(answer).toMatchObject({ status: 400, isOurs: true });
  },
);

test("a program that posts JSON to the page gets a problem body, a browser a page", async () => {
  const post = (path: string, type: string) =>
    exchange(
      port(),
      `POST ${path} HTTP/1.1\r\nhost: backon.example\r\n${type}\r\ncontent-length: 2\r\n\r\n{}`,
    );
  for (const path of ["/sign-in", "/clusters/home/jobs"]) {
    const json = await post(path, "content-type: application/json");
    expect(json?.head).toMatch(/^content-type: application\/problem\+json/im);
    const page = await post(
      path,
      "content-type: text/plain\r\naccept: text/html, application/json",
    );
    expect(page?.head).toMatch(/^content-type: text\/html/im);
    expect([json?.status, page?.status]).toEqual([403, 403]);
  }
});

test("OPTIONS * gets a problem body; CONNECT is workerd's own to refuse", async () => {
  const all = await exchange(port(), "OPTIONS * HTTP/1.1\r\nhost: backon.example\r\n\r\n");
  const tunnel = await exchange(port(), "CONNECT x:443 HTTP/1.1\r\nhost: x:443\r\n\r\n");

  expect(all?.head).toMatch(/^HTTP\/1.1 404[^]*application\/problem\+json/i);
  expect(tunnel?.isOurs).toBe(false);
});

test(`${REQUESTS} requests made by chance (seed ${SEED}) get no fault of ours and no bare refusal`, async () => {
  let ours = 0;

  await fc.assert(
    fc.asyncProperty(hostileRequests(tokens), async ({ method, bytes }) => {
      const answer = await exchange(port(), bytes);
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
