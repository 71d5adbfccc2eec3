// Storage on a disk that is read-only or full, and then is not: the Worker goes on without a restart.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { mintToken } from "../src/http/tokens.ts";
import { startLocalWorker, type LocalWorker } from "../sim/local-worker.ts";

const TOKEN_KEY = "a-key-for-the-storage-that-was-full";
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** A disk of its own where this process may mount one; else null. */
function aSmallDisk(): string | null {
  const folder = mkdtempSync(join(tmpdir(), "backon-disk-"));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], { stdio: "ignore" });
  } catch {
    return null;
  }
  cleanups.push(() => execFileSync("umount", ["-l", folder]));
  return folder;
}

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "backon-disk-"));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Nothing may be written below; a root user needs a mount for that. */
function setWritable(folder: string, isMount: boolean, writable: boolean): void {
  if (isMount) {
    execFileSync("mount", ["-o", `remount,${writable ? "rw" : "ro"}`, folder]);
    return;
  }
  for (const name of readdirSync(folder, { recursive: true }))
    chmodSync(join(folder, String(name)), writable ? 0o700 : 0o500);
}

async function start(storage: string): Promise<LocalWorker> {
  const worker = await startLocalWorker({ port: 0, storage, tokenKey: TOKEN_KEY });
  cleanups.push(() => worker.stop());
  return worker;
}

async function ask(worker: LocalWorker, kind: string): Promise<number> {
  const wanted = { key: TOKEN_KEY, role: "operator", cluster: "home", sub: "anna" } as const;
  const { token } = await mintToken({ ...wanted, now: Date.now() });
  const reply = await fetch(`${worker.url}/v1/jobs`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ kind }),
  });
  return reply.status;
}

const isRoot = process.getuid?.() === 0;

test("storage that was read-only when it was opened takes jobs once it is writable", async (t) => {
  const disk = isRoot ? aSmallDisk() : aFolder();
  if (disk === null) return t.skip("this root user may not mount a disk");
  const first = await start(disk);
  expect(await ask(first, "diagnose")).toBe(202);
  await first.stop();
  setWritable(disk, isRoot, false);
  const worker = await start(disk);
  expect([await ask(worker, "remediate"), await ask(worker, "remediate")]).toEqual([503, 503]);

  setWritable(disk, isRoot, true);

  expect(await ask(worker, "remediate")).toBe(202);
});

test.for(["from the first call", "after the first call"])(
  "a disk that was full %s takes jobs once it has room",
  async (when, t) => {
    const disk = isRoot ? aSmallDisk() : null;
    if (disk === null) return t.skip("only root may mount a small disk");
    const filler = join(disk, "filler");
    const worker = await start(disk);
    if (when === "after the first call") expect(await ask(worker, "diagnose")).toBe(202);
    expect(() => writeFileSync(filler, Buffer.alloc(4 * 1024 * 1024))).toThrow("ENOSPC");
    expect(await ask(worker, "remediate")).toBe(503);

    rmSync(filler);

    expect(await ask(worker, "remediate")).toBe(202);
  },
);
