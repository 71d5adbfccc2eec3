// A Worker that floods the agent, or never answers, is asked little and holds nothing up.
import { spawn } from "node:child_process";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { spaced } from "../../../agent/loop/ending.ts";
import type { WorkerResult } from "../../../agent/worker/api.ts";
import type { ProgressReply } from "../../../src/protocol/replies.ts";
import { GRANTED, hold } from "../../support/a-lease.ts";
import { aLoop } from "../../support/a-loop.ts";
import { aJob } from "../../support/a-policy.ts";

test("ten thousand rings while the Worker does not answer wait as one renewal", async () => {
  const answer = Promise.withResolvers<WorkerResult<ProgressReply>>();
  const { lease, asked } = hold(() => answer.promise);
  lease.stage("probe");
  await Promise.resolve();
  for (let ring = 0; ring < 10_000; ring += 1) lease.renewNow();
  lease.stage("apply");
  lease.stage("verify");
  answer.resolve({ ok: true, value: GRANTED });
  await lease.end();
  expect(asked.map(({ stage }) => stage)).toEqual(["probe", "verify"]);
});

test("rings that are answered at once ask once a second", async () => {
  const held = hold(async () => ({ ok: true, value: GRANTED }));
  for (let ring = 0; ring < 1_000; ring += 1) {
    held.lease.renewNow();
    await Promise.resolve();
  }
  await held.lease.end();
  expect(held.asked.length).toBe(1);
});

test("claims keep a gap between them, and the stop waits for none", async () => {
  const stop = new AbortController();
  const at: number[] = [];
  const call = spaced(async () => void at.push(performance.now()), 30, stop.signal);
  await call(null);
  await call(null);
  expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThan(25);
  const longer = spaced(async () => "called", 3_600_000, stop.signal);
  await longer(null);
  const waiting = longer(null);
  stop.abort();
  expect(await waiting).toBe("called");
});

test("a job that hangs while the process ends is handed back", async () => {
  const loop = await aLoop();
  loop.worker.jobs.push(aJob({ kind: "withdraw" }));
  const ending = new AbortController();
  const never = new Promise<never>(() => {});
  const hanging = () => {
    loop.stopping = true;
    ending.abort();
    return never;
  };
  const refresh = null;
  const router = { look: hanging, ensure: hanging, tidy: hanging, withdraw: hanging, refresh };
  await loop.run({ router }, { ending: ending.signal });
  expect(loop.worker.of("report")[0]?.body).toMatchObject({ disposition: "release" });
});

/** Takes every request and answers none. */
async function aSilentServer() {
  const asked = Promise.withResolvers<void>();
  const server = http.createServer(() => asked.resolve());
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close().closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked: asked.promise };
}

test("SIGTERM ends the process though neither Worker, router nor DNS ever answers", async () => {
  const worker = await aSilentServer();
  const router = await aSilentServer();
  const hour = "3600000";
  const child = spawn(process.execPath, ["agent/main.ts", "run"], {
    stdio: "ignore",
    env: {
      PATH: process.env["PATH"],
      MODE: "auto",
      WORKER_URL: worker.url,
      WORKER_TOKEN: "a-token-of-twenty-letters",
      WORKER_TIMEOUT_MS: hour,
      KUBERNETES_URL: router.url,
      KUBERNETES_TOKEN: "a-token-of-twenty-letters",
      ROUTER_URL: router.url,
      ROUTER_USER: "backon",
      ROUTER_PASSWORD: "password",
      ROUTER_ALLOW_HTTP: "yes",
      ROUTER_TIMEOUT_MS: hour,
      DNS_SERVERS: "127.0.0.1:9",
      DNS_TIMEOUT_MS: hour,
      HEALTH_PORT: "0",
    },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const exited = new Promise<number | null>((resolve) => void child.once("exit", resolve));
  await Promise.all([worker.asked, router.asked]);
  child.kill("SIGTERM");
  expect(await exited).not.toBeNull(); // A signal would be the test's own; it ends long before that.
}, 60_000);
