// A real Alertmanager (Debian's, 0.25): an alert posted to it → notification with our bearer token
// → job → report.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { startQuickSystem, type QuickSystem } from "./support/quick-system.ts";
import { findTool } from "./support/tools.ts";

const alertmanager = findTool("prometheus-alertmanager", "alertmanager");

let system: QuickSystem | undefined;
let running: ChildProcess | undefined;
let folder = "";
afterEach(async () => {
  if (running !== undefined && running.exitCode === null) {
    running.kill("SIGTERM");
    await once(running, "exit");
  }
  await system?.close();
  if (folder !== "") await rm(folder, { recursive: true, force: true });
});

describe("a real Alertmanager", () => {
  it.skipIf(alertmanager.skip)(
    `brings an alert to the Worker, and the pods come back${alertmanager.note}`,
    async () => {
      if (alertmanager.path === null) throw new Error(`LAB=required, but${alertmanager.note}`);
      system = await startQuickSystem("ipv6-stall");
      system.startAgent();
      const url = await startAlertmanager(alertmanager.path, system);

      await postAlert(url, { namespace: "longhorn-system", pod: "longhorn-manager-4kq8z" });

      const job = await system.ended(await firstJob(system));
      expect(job).toMatchObject({ outcome: "recovered", report: { verdict: "ipv6-tls-stall" } });
      const { body } = await system.call("GET", `/v1/jobs/${job.id}`, system.tokens.operator);
      expect(body).toMatchObject({
        origin: { via: "alertmanager", by: "alertmanager", person: false },
        targets: [{ namespace: "longhorn-system", pod: "longhorn-manager-4kq8z" }],
      });
    },
  );
});

async function startAlertmanager(path: string, { worker, tokens }: QuickSystem): Promise<string> {
  folder = await mkdtemp(join(tmpdir(), "backon-alertmanager-"));
  // With the newline that an editor leaves at the end: Alertmanager strips it.
  await writeFile(join(folder, "token"), `${tokens.alertmanager}\n`);
  await writeFile(join(folder, "alertmanager.yml"), settings(worker.url, join(folder, "token")));
  const port = await freePort();
  running = spawn(
    path,
    [
      `--config.file=${join(folder, "alertmanager.yml")}`,
      `--storage.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--cluster.listen-address=",
      "--log.level=error",
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const url = `http://127.0.0.1:${port}`;
  await until(async () => (await fetch(`${url}/-/ready`)).ok);
  return url;
}

function settings(worker: string, tokenFile: string): string {
  return `
route:
  receiver: backon
  group_by: [namespace]
  group_wait: 1s
  group_interval: 5s
receivers:
  - name: backon
    webhook_configs:
      - url: ${worker}/v1/webhooks/alertmanager
        max_alerts: 50
        http_config:
          follow_redirects: false
          authorization: { type: Bearer, credentials_file: ${tokenFile} }
`;
}

async function postAlert(url: string, pod: Record<string, string>): Promise<void> {
  const labels = { alertname: "KubeImagePullFailing", remediation: "backon", ...pod };
  const response = await fetch(`${url}/api/v2/alerts`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify([{ labels, annotations: {}, startsAt: new Date().toISOString() }]),
  });
  expect(response.status).toBe(200);
}

async function firstJob(of: QuickSystem): Promise<string> {
  let id = "";
  await until(async () => {
    const { body } = await of.call("GET", "/v1/jobs", of.tokens.operator);
    id = (body as { jobs: { id: string }[] }).jobs[0]?.id ?? "";
    return id !== "";
  });
  return id;
}

/** Asks again until it is true; the test's own time limit ends it. */
async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue().catch(() => false))) await new Promise((r) => setTimeout(r, 50));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
