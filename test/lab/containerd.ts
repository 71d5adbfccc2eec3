// Real pulls: one containerd for the lab, and ctr, which fetches, in the node's namespace.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { execute, inPlace, TOOL_PATH } from "./execute.ts";

export type Pulled = {
  readonly works: boolean;
  readonly seconds: number;
  /** The runtime's error, without the prefix of ctr; empty if it worked. */
  readonly message: string;
};
/** A pull that fails is a value; one that does not end rejects: that is the lab's fault, not the network's. */
export type Containerd = { pull(image: string): Promise<Pulled> };

/** The slowest pull seen took 70 s: seven lookups of ten seconds, AAAA unanswered. */
const PULL_MS = 120_000;
const START_MS = 15_000;

/** Starts with the first pull; keeps everything in this folder; ends with the lab. */
export function containerd(folder: string, caFile: string): Containerd {
  const socket = `${folder}/containerd.sock`;
  let started: Promise<void> | undefined;
  let pulls = 0;
  return {
    pull: async (image) => {
      started ??= start(folder, socket);
      await started;
      pulls += 1;
      // Its own namespace: what an earlier pull has fetched is not there.
      const ctr = ["ctr", "-a", socket, "-n", `pull-${pulls}`, "images", "pull"];
      const command = inPlace("node", [...ctr, "--snapshotter", "native", image]);
      const startedAt = performance.now();
      const message = await execute(command, {
        timeoutMs: PULL_MS,
        env: { SSL_CERT_FILE: caFile, HOME: folder },
      }).then(
        () => null,
        (error: Error) => runtimeError(error.message),
      );
      if (performance.now() - startedAt >= PULL_MS)
        throw new Error(`containerd hangs: no end after ${PULL_MS} ms: ${message}`);
      const seconds = Math.round(performance.now() - startedAt) / 1_000;
      return { works: message === null, seconds, message: message ?? "" };
    },
  };
}

/** What stands behind the last `ctr: `; all of it if ctr did not get to speak. */
function runtimeError(said: string): string {
  const errors = [...said.matchAll(/\bctr: (.+)/g)].map(([, error = ""]) => error.trim());
  return errors.at(-1) ?? said;
}

async function start(folder: string, socket: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/config.toml`, config(folder, socket));
  const [daemon, ...args] = ["containerd", "-c", `${folder}/config.toml`] as const;
  const child = spawn(daemon, args, {
    env: { PATH: TOOL_PATH, HOME: folder },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)));
  await once(child, "spawn");
  const deadline = performance.now() + START_MS;
  while (!(await answers(socket))) {
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(`containerd does not start: ${said}`);
    await sleep(10);
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ path });
    const end = (up: boolean): void => {
      socket.destroy();
      resolve(up);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}

/** Without `isolated` a blob of an earlier pull would be reused, and a fault of the blob host go unseen. */
function config(folder: string, socket: string): string {
  return `version = 2
root = "${folder}/root"
state = "${folder}/state"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]
[grpc]
address = "${socket}"
[ttrpc]
address = "${socket}.ttrpc"
[plugins."io.containerd.metadata.v1.bolt"]
content_sharing_policy = "isolated"
`;
}
