// The real Worker in plain workerd on this machine, with its storage on disk: as deploy/workerd runs it.
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { bundleWorker, CONFIGURATION, PAGE } from "./worker-bundle.ts";
import { startWorkerd } from "./workerd.ts";

export type LocalWorker = {
  readonly url: string;
  readonly tokenKey: string;
  /** Of workerd. */
  readonly pid: number;
  stop(): Promise<void>;
};

export type LocalWorkerOptions = {
  readonly port: number;
  /** Where the objects' storage lives; kept after `stop`. */
  readonly storage: string;
  readonly tokenKey: string;
  readonly clusters?: string;
  /** More of the Worker's variables, such as shorter leases. */
  readonly variables?: Readonly<Record<string, string>>;
  /** A folder with the Worker built, and what lies beside it. Left out: it is built. */
  readonly built?: string;
};

/** Port 0 takes any free port. Fails with a sentence if the port is taken. */
export async function startLocalWorker(options: LocalWorkerOptions): Promise<LocalWorker> {
  const storage = resolve(options.storage);
  await mkdir(storage, { recursive: true });
  const own = options.built === undefined ? await builtNow() : null;
  const folder = own ?? options.built ?? "";
  const page = own === null ? join(folder, "public") : PAGE;
  const words = ["serve", join(folder, "backon.capnp"), "config", "--control-fd=3"];
  const address = ["--socket-addr", `http=127.0.0.1:${options.port}`];
  const folders = [`storage=${storage}`, `assets=${page}`].flatMap((at) => [
    "--directory-path",
    at,
  ]);
  const command = [workerd(), ...words, ...address, ...folders];
  const variables = {
    TOKEN_KEY: options.tokenKey,
    CLUSTERS: options.clusters ?? "home",
    ...options.variables,
  };
  const running = await startedThenTidy(() => startWorkerd(command, variables), own);
  return {
    url: `http://127.0.0.1:${running.port}`,
    tokenKey: options.tokenKey,
    pid: running.pid,
    stop: () => running.stop(),
  };
}

/** workerd reads its configuration once. */
async function startedThenTidy<T>(start: () => Promise<T>, own: string | null): Promise<T> {
  try {
    return await start();
  } finally {
    if (own !== null) await rm(own, { recursive: true, force: true });
  }
}

async function builtNow(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "backon-worker-"));
  await writeFile(join(folder, "worker.mjs"), await bundleWorker());
  await copyFile(CONFIGURATION, join(folder, "backon.capnp"));
  return folder;
}

/** The path of the program. */
function workerd(): string {
  const found = createRequire(import.meta.url)("workerd") as { readonly default: string };
  return found.default;
}
