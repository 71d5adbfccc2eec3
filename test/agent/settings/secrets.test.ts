// Canaries: peers that echo what they were sent, one an adapter, and every way out of the process.
import http from "node:http";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { hushOf } from "../../../agent/settings/secrets.ts";
import { clusterOf, routerOf } from "../../../agent/settings/outside.ts";
import { createWorker } from "../../../agent/worker/api.ts";
import { agentCommand } from "../../support/agent-command.ts";
import { settingsOf } from "../../support/a-policy.ts";

const CANARIES = {
  WORKER_TOKEN: "eyJ3b3JrZXIiOiJjYW5hcnkifQ.worker-canary-signature-0123456789",
  KUBERNETES_TOKEN: "eyJrdWJlIjoiY2FuYXJ5In0.kubernetes-canary-signature-012345",
  ROUTER_PASSWORD: "router-canary/password+7",
};
const BASIC = Buffer.from(`backon:${CANARIES.ROUTER_PASSWORD}`).toString("base64");

/** Answers everything with its request's head: `status`, and as a problem, a Status or an error. */
async function anEcho(status: number) {
  const bodies: string[] = [];
  const server = http.createServer((request, response) => {
    const said = JSON.stringify(request.rawHeaders);
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      bodies.push(body);
      const answer = { type: "about:blank", title: said, status, detail: said, message: said };
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ ...answer, error: status, reason: said }));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close().closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, bodies };
}

function canariesIn(text: string): string[] {
  return [...Object.values(CANARIES), BASIC].filter((canary) => text.includes(canary.slice(0, 20)));
}

const clock = { now: Date.now, sleep: async () => {} };

/** What the adapters make of a peer that echoes, before anything leaves the process. */
async function told(url: string): Promise<string> {
  const settings = settingsOf({
    ...CANARIES,
    WORKER_URL: url,
    KUBERNETES_URL: url,
    ROUTER_URL: url,
    ROUTER_USER: "backon",
    ROUTER_ALLOW_HTTP: "yes",
    ROUTER_PAUSE_MS: "1",
  });
  const lines: unknown[] = [];
  const log = (message: string, facts: object) => void lines.push({ message, ...facts });
  const router = routerOf(settings, clock, log);
  lines.push(await clusterOf(settings, clock, log)?.failingPods());
  lines.push(router.ok ? await router.value?.look() : router);
  const agent = new http.Agent();
  const token = () => CANARIES.WORKER_TOKEN;
  const hush = (body: unknown) => body;
  const worker = createWorker({ url, token, timeoutMs: 2_000, agent, hush });
  lines.push(
    await worker.progress("j1", { protocol: 1, fence: 1, seq: 0, stage: null, intent: null }),
  );
  return JSON.stringify(lines);
}

test.each([400, 401, 403, 500])(
  "peers that echo with %i leave no canary on the console",
  async (status) => {
    const { url } = await anEcho(status);
    const text = await told(url);
    expect(canariesIn(text).length).toBeGreaterThan(0); // The adapters quote; the way out must not.

    const settings = settingsOf({
      ...CANARIES,
      ROUTER_URL: url,
      ROUTER_USER: "backon",
      ROUTER_ALLOW_HTTP: "yes",
    });
    expect(canariesIn(hushOf(settings).text(text))).toEqual([]);
    expect(canariesIn(JSON.stringify(hushOf(settings).value(JSON.parse(text))))).toEqual([]);
  },
);

test("what is sent to the Worker has gone through it", async () => {
  const { url, bodies } = await anEcho(500);
  const hush = hushOf(settingsOf(CANARIES)).value;
  const agent = new http.Agent();
  const worker = createWorker({ url, token: () => "t", timeoutMs: 2_000, agent, hush });
  const what = `403 Bearer ${CANARIES.KUBERNETES_TOKEN}`;
  const intent = { on: "cluster", what, adds: false } as const;
  await worker.progress("j1", { protocol: 1, fence: 1, seq: 0, stage: null, intent });
  expect(bodies.join()).toContain("403 Bearer ***");
  expect(canariesIn(bodies.join())).toEqual([]);
});

test("doctor at peers that echo prints no canary", async () => {
  const { url } = await anEcho(403);
  const quick = { DNS_SERVERS: "127.0.0.1:9", DNS_TIMEOUT_MS: "20", HOSTS_FILE: "/dev/null" };
  const { out, err } = await agentCommand(["doctor"], {
    ...CANARIES,
    ...quick,
    WORKER_URL: url,
    KUBERNETES_URL: url,
    ROUTER_URL: url,
    ROUTER_USER: "backon",
    ROUTER_ALLOW_HTTP: "yes",
    ROUTER_PAUSE_MS: "1",
  });
  expect(out).toContain("403");
  expect(canariesIn(out + err)).toEqual([]);
});

test("the pod's token is known after Kubernetes renewed it, and so is the one before", () => {
  const folder = mkdtempSync(join(tmpdir(), "backon-token-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "token");
  writeFileSync(file, "first-token-of-the-pod\n");
  const hush = hushOf(settingsOf({}), file);
  writeFileSync(file, "second-token-of-the-pod\n");
  expect(hush.text("first-token-of-the-pod, second-token-of-the-pod")).toBe("***, ***");
});
