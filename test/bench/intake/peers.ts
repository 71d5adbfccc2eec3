// The three that are compared, each a process of its own on 127.0.0.1.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startLocalWorker } from "../../../sim/local-worker.ts";
import { bundleWorker, CONFIGURATION } from "../../../sim/worker-bundle.ts";
import { CLUSTERS } from "./bodies.ts";

export const KEY = "a-key-for-measuring-the-intake-only";

export type Peer = { readonly name: string; readonly url: string; stop(): Promise<void> };

/** Ours first, then those it is compared with. Their files are in this folder. */
export function startPeers(folder: string): Promise<readonly Peer[]> {
  return Promise.all([
    worker("backon", "src/index.ts", folder),
    worker("ceiling", "test/bench/intake/ceiling.ts", folder),
    nodeSqlite(folder),
  ]);
}

async function worker(name: string, entry: string, folder: string): Promise<Peer> {
  const built = join(folder, name);
  await mkdir(join(built, "public"), { recursive: true });
  await writeFile(join(built, "worker.mjs"), await bundleWorker(entry));
  await copyFile(CONFIGURATION, join(built, "backon.capnp"));
  const running = await startLocalWorker({
    port: 0,
    storage: join(folder, `${name}-storage`),
    tokenKey: KEY,
    clusters: CLUSTERS.join(","),
    built,
  });
  return { name, url: running.url, stop: () => running.stop() };
}

async function nodeSqlite(folder: string): Promise<Peer> {
  const program = join(import.meta.dirname, "node-sqlite.ts");
  const words = ["--no-warnings", program, join(folder, "peer.sqlite"), KEY];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  const [port] = await once(createInterface({ input: child.stdout }), "line");
  return {
    name: "node:sqlite",
    url: `http://127.0.0.1:${String(port)}`,
    async stop() {
      child.kill();
      await once(child, "exit");
    },
  };
}
