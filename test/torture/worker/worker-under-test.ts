// The real Worker in a workerd of its own: its clock is moved, its alarms go off when a test says so,
// and it can be killed at any moment and started again on the same storage.
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mintToken, type TokenRole } from "../../../src/http/tokens.ts";
import { startLocalWorker } from "../../../sim/local-worker.ts";
import { bundleWorker, CONFIGURATION, PAGE, type Mistake } from "../../../sim/worker-bundle.ts";

export type Answered = {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
};

type Asking = {
  readonly token: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

export type WorkerUnderTest = {
  /** Another one after each restart. */
  readonly url: string;
  /** The Worker's time, ms since the epoch. */
  now(): number;
  /** Moves its clock, also back. */
  pass(ms: number): Promise<void>;
  token(role: TokenRole, cluster: string, sub?: string): Promise<string>;
  ask(line: string, asking: Asking): Promise<Answered>;
  /** Lets the cluster's alarm go off. */
  alarm(cluster: string): Promise<void>;
  /** SIGKILL for all of it, without a goodbye. */
  kill(): Promise<void>;
  /** On the same storage. */
  restart(): Promise<void>;
  close(): Promise<void>;
};

const KEY = "a-key-for-the-torture-of-a-worker-and-its-clock";
/** A process that is killed loses nothing of it, and nothing waits for a disk. */
const MEMORY = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
const ENTRY = "test/torture/worker/clocked-worker.ts";
/** Far enough ahead that no step back makes an alarm go off by itself. */
const START = Date.UTC(2040, 0, 1);

/** Whatever cluster a token names is one of its clusters. */
export async function startWorkerUnderTest(
  mistakes: readonly Mistake[] = [],
): Promise<WorkerUnderTest> {
  const folder = await mkdtemp(join(MEMORY, "backon-torture-"));
  const storage = join(folder, "storage");
  await mkdir(storage);
  await symlink(PAGE, join(folder, "public"));
  await copyFile(CONFIGURATION, join(folder, "backon.capnp"));
  await writeFile(join(folder, "worker.mjs"), await bundleWorker(ENTRY, mistakes));
  const spawnWorker = () => startLocalWorker({ port: 0, storage, tokenKey: KEY, built: folder });
  let aheadMs = START - Date.now();
  let running = await spawnWorker();
  const kill = async (): Promise<void> => {
    process.kill(running.pid, "SIGKILL");
    await running.stop();
  };
  /** Done when a restart is. */
  let up: Promise<void> = Promise.resolve();
  const setClock = async (): Promise<void> => {
    const answer = await fetch(`${running.url}/torture/clock?ahead=${aheadMs}`);
    await answer.arrayBuffer();
  };
  /** What a restart cuts off is asked again; whoever asks here sends nothing that may not come twice. */
  const patiently = async <T>(call: () => Promise<T>): Promise<T> => {
    await up;
    const before = running;
    try {
      return await call();
    } catch (cause) {
      await up;
      if (running === before) throw cause;
      return call();
    }
  };
  await setClock();
  return {
    get url() {
      return running.url;
    },
    now: () => Date.now() + aheadMs,
    async pass(ms) {
      aheadMs += ms;
      await patiently(setClock);
    },
    async token(role, cluster, sub = role) {
      const year = 365 * 86_400;
      const wanted = { key: KEY, role, cluster, sub, now: START - 40 * year * 1_000 };
      return (await mintToken({ ...wanted, ttlSeconds: 100 * year })).token;
    },
    async ask(line, { token, body, headers: more }) {
      const [method = "GET", path = ""] = line.split(" ");
      const headers = {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        ...more,
      };
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const { response, text } = await patiently(async () => {
        const answer = await fetch(`${running.url}${path}`, { method, headers, ...sent });
        return { response: answer, text: await answer.text() };
      });
      const isJson = text.startsWith("{");
      return {
        status: response.status,
        text,
        body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
      };
    },
    async alarm(cluster) {
      const answer = await fetch(`${running.url}/torture/alarm?cluster=${cluster}`);
      if (!answer.ok) throw new Error(`the alarm of ${cluster} failed: ${await answer.text()}`);
      await answer.arrayBuffer();
    },
    kill,
    async restart() {
      up = kill().then(async () => {
        running = await spawnWorker();
        await setClock();
      });
      await up;
    },
    async close() {
      await running.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
