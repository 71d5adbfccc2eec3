// Whoever may not come in has no body read: many sockets that send much, without end, to a real
// workerd, and what that costs it.
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mintToken, type TokenRole } from "../src/http/tokens.ts";
import { startLocalWorker, type LocalWorker } from "../sim/local-worker.ts";

const KEY = "a-key-for-the-tests-of-bodies-that-nobody-reads";
const SOCKETS = 400;
const BODY_MIB = 4;
/** Of 1.6 GB that are sent. Sockets and their buffers cost something, whoever is behind them. */
const MOST_GROWTH_MIB = 80;

let storage = "";
let worker: LocalWorker;
beforeAll(async () => {
  storage = await mkdtemp(join(tmpdir(), "backon-bodies-"));
  worker = await startLocalWorker({ port: 0, storage, tokenKey: KEY });
}, 60_000);
afterAll(async () => {
  await worker.stop();
  await rm(storage, { recursive: true, force: true });
}, 60_000);

// The size of another process is read from /proc.
test.runIf(process.platform === "linux")(
  "400 sockets that may not come in send 4 MiB each without an end: memory stays flat, and others are served",
  async () => {
    const operator = await bearer("operator", "home");
    const closed = [
      "POST /v1/webhooks/alertmanager",
      `POST /v1/webhooks/alertmanager\n${await bearer("agent", "home")}`,
      `POST /v1/webhooks/alertmanager\n${await bearer("alertmanager", "elsewhere")}`,
      `DELETE /v1/webhooks/alertmanager\n${await bearer("alertmanager", "home")}`,
      "POST /v1/jobs",
      `POST /v1/jobs?cluster=branch\n${operator}`,
      "POST /v1/tokens",
      "POST /v1/agent/jobs/x/report",
      "POST /v1/slack/interactions",
      "POST /sign-in",
      "POST /",
      "POST /no/such/path",
    ];
    expect(await status(operator)).toBe(200);
    const before = workerdSize();
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, workerdSize())), 20);

    const senders = Array.from({ length: SOCKETS }, (_, n) =>
      sendWithoutEnd(closed[n % closed.length] ?? ""),
    );
    const sockets = await Promise.all(senders);

    most = Math.max(most, workerdSize());
    clearInterval(watch);
    expect(await status(operator)).toBe(200);
    for (const socket of sockets) socket.destroy();

    expect(most - before).toBeLessThan(MOST_GROWTH_MIB);
  },
  120_000,
);

async function bearer(role: TokenRole, cluster: string): Promise<string> {
  const { token } = await mintToken({ key: KEY, role, cluster, sub: "anna", now: Date.now() });
  return `authorization: Bearer ${token}`;
}

async function status(header: string): Promise<number> {
  const [name = "", value = ""] = header.split(": ");
  const answer = await fetch(`${worker.url}/v1/status`, { headers: { [name]: value } });
  await answer.text();
  return answer.status;
}

/** Sends until everything is on its way or the Worker hangs up; the last chunk never comes. */
async function sendWithoutEnd(target: string) {
  const [line = "", header = ""] = target.split("\n");
  const socket = connect(Number(new URL(worker.url).port), "127.0.0.1");
  const gone = new Promise<void>((resolve) => {
    socket.on("error", () => resolve());
    socket.on("close", () => resolve());
  });
  socket.on("data", () => {});
  const head = [`${line} HTTP/1.1`, "host: backon.example", "transfer-encoding: chunked", header];
  socket.write(`${head.filter((one) => one !== "").join("\r\n")}\r\n\r\n`);
  const chunk = `10000\r\n${" ".repeat(0x10000)}\r\n`;
  for (let sent = 0; sent < BODY_MIB * 16 && !socket.destroyed; sent += 1)
    if (!socket.write(chunk))
      await Promise.race([gone, new Promise<void>((resolve) => socket.once("drain", resolve))]);
  return socket;
}

/** MiB that workerd holds now. */
function workerdSize(): number {
  const status = readFileSync(`/proc/${worker.pid}/status`, "utf8");
  return Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1]) / 1024;
}
