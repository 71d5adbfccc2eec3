// A flood of alerts makes one job, and what was answered with 2xx is on disk, also if the Worker is
// killed in the middle.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mintToken } from "../src/http/tokens.ts";

const KEY = "a-key-for-the-tests-of-floods-and-kills";
const token = async (role: "operator" | "alertmanager"): Promise<string> =>
  (await mintToken({ key: KEY, role, cluster: "home", sub: role, now: Date.now() })).token;

const WORKER = fileURLToPath(new URL("../sim/worker-process.ts", import.meta.url));

type Worker = { readonly url: string; readonly kill: () => Promise<void> };
let storage = "";
let worker: Worker | undefined;
beforeEach(async () => void (storage = await mkdtemp(join(tmpdir(), "backon-flood-"))));
afterEach(async () => {
  await worker?.kill();
  await rm(storage, { recursive: true, force: true });
});

describe("a flood of alerts", () => {
  it("1,000 posts at once with distinct targets make one job", async () => {
    worker = await startWorker();
    const bearer = await token("alertmanager");
    const url = worker.url;

    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, n) => post(url, bearer, `pod-${n}`)),
    );

    expect(answers.every(({ status }) => status === 202)).toBe(true);
    expect(new Set(answers.flatMap(({ jobs }) => jobs)).size).toBe(1);
    const { jobs } = await get<{ jobs: { id: string }[] }>(url, "/v1/jobs");
    expect(jobs).toHaveLength(1);
    const { targets } = await get<Story>(url, `/v1/jobs/${jobs[0]?.id}`);
    expect(targets).toHaveLength(100);
  });

  it("the Worker killed in the middle has every post that it answered with 2xx", async () => {
    worker = await startWorker();
    const bearer = await token("alertmanager");
    const { url, kill } = worker;
    const answered: string[] = [];
    let sent = 0;

    // Few enough targets that the job keeps each of them; the kill comes after the twentieth answer,
    // while nine senders wait for theirs.
    const sendTen = async (_: unknown, lane: number): Promise<void> => {
      for (let n = lane * 10; n < lane * 10 + 10; n += 1) {
        const { status } = await post(url, bearer, `pod-${n}`).catch(() => ({ status: 0 }));
        sent += 1;
        if (status === 202) answered.push(`pod-${n}`);
        if (answered.length === 20) await kill();
      }
    };
    await Promise.all(Array.from({ length: 9 }, sendTen));
    expect(sent).toBe(90);
    expect(answered.length).toBeGreaterThanOrEqual(20);
    expect(answered.length).toBeLessThan(90);

    worker = await startWorker();
    const { jobs } = await get<{ jobs: { id: string }[] }>(worker.url, "/v1/jobs");
    expect(jobs).toHaveLength(1);
    const { targets } = await get<Story>(worker.url, `/v1/jobs/${jobs[0]?.id}`);
    const kept = new Set(targets.map(({ pod }) => pod));
    expect(answered.filter((pod) => !kept.has(pod))).toEqual([]);
  });
});

type Story = { readonly targets: readonly { readonly pod: string }[] };

/** A process group of its own, so that one signal ends Node and workerd together, with no goodbye. */
async function startWorker(): Promise<Worker> {
  const child: ChildProcess = spawn(process.execPath, [WORKER], {
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: process.env["PATH"] ?? "", STORAGE: storage, TOKEN_KEY: KEY },
  });
  const exited = once(child, "exit");
  if (child.stdout === null || child.pid === undefined) throw new Error("the Worker did not start");
  const [url] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const group = -child.pid;
  return {
    url,
    kill: async () => {
      if (child.exitCode === null && child.signalCode === null) process.kill(group, "SIGKILL");
      await exited;
    },
  };
}

async function post(
  url: string,
  bearer: string,
  pod: string,
): Promise<{ status: number; jobs: string[] }> {
  const labels = {
    alertname: "KubeImagePullFailing",
    remediation: "backon",
    namespace: "shop",
    pod,
  };
  const alerts = [{ status: "firing", labels, startsAt: new Date().toISOString() }];
  const response = await fetch(`${url}/v1/webhooks/alertmanager`, {
    method: "POST",
    headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
    body: JSON.stringify({ version: "4", status: "firing", alerts }),
  });
  const { jobs = [] } = (await response.json()) as { jobs?: string[] };
  return { status: response.status, jobs };
}

async function get<T>(url: string, path: string): Promise<T> {
  const authorization = `Bearer ${await token("operator")}`;
  return (await (await fetch(`${url}${path}`, { headers: { authorization } })).json()) as T;
}
