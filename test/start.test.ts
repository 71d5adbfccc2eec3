// `npm start` as a person meets it: the words after it, its exit codes, what it leaves behind.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { STORIES } from "../sim/stories.ts";

type Ended = { readonly code: number; readonly out: string; readonly err: string };

function start(...words: string[]): Promise<Ended> {
  return ended("bin/backon.mjs", ["demo", ...words]);
}

function ended(program: string, words: readonly string[], more: NodeJS.ProcessEnv = {}) {
  const env = { ...process.env, ...more };
  return new Promise<Ended>((resolve) => {
    execFile(process.execPath, [program, ...words], { env }, (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err });
    });
  });
}

describe("npm start", { timeout: 90_000 }, () => {
  it("lists its stories", async () => {
    const { code, out } = await start("--fault", "list");
    expect(code).toBe(0);
    for (const { name } of STORIES) expect(out).toContain(name);
  });

  it("tells a story once, ends with the counts, and leaves with 0", async () => {
    const { code, out } = await start("--once", "--port", "0", "--fault", "not-found");
    expect(code).toBe(0);
    expect(out).toContain("verdict: image.not_found, outcome: stood-down");
    expect(out.trimEnd().split("\n").at(-1)).toBe("router writes: 0, evictions: 0");
  });

  it.each([
    [["--fault", "nonsense"], "there is no story"],
    [["--port", "many"], "--port takes a number"],
    [["--nonsense"], "--nonsense"],
  ])("%j is refused with 64 and the usage", async (words, says) => {
    const { code, err } = await start(...words);
    expect(code).toBe(64);
    expect(err).toContain(says);
    expect(err).toMatch(/demo --help|--fault NAME/);
  });

  it("says in a sentence that its port is taken, before it installs anything", async () => {
    const folder = await mkdtemp(join(tmpdir(), "backon-fresh-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    for (const file of [
      "package.json",
      "bin/backon.mjs",
      "cli/main.ts",
      "scripts/run.mjs",
      "scripts/free-port.mjs",
      "scripts/setup.mjs",
    ])
      await cp(file, join(folder, file));
    const npm = join(folder, "npm.mjs");
    await writeFile(npm, 'console.error("npm was asked to install"); process.exit(1);');
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;

    const run = (...words: string[]): Promise<Ended> =>
      ended(join(folder, "bin/backon.mjs"), ["demo", ...words], { npm_execpath: npm });

    expect(await run("--once", "--port", String(port))).toEqual({
      code: 1,
      out: "",
      err: `Port ${port} is taken on this machine. Choose another: npm start -- --port 0\n`,
    });
    expect((await run("--port", "0")).err).toContain("npm was asked to install");
  });

  it("stays up beside another run, and leaves neither agent, Worker nor files when it is ended", async () => {
    const child = spawn(
      process.execPath,
      ["bin/backon.mjs", "demo", "--port", "0", "--fault", "not-found"],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    onTestFinished(() => void child.kill("SIGKILL"));
    let told = "";
    child.stdout.on("data", (chunk: Buffer) => (told += chunk.toString()));
    while (!told.includes("/v1/status")) await once(child.stdout, "data");
    const [, url = "", agent = ""] = /Worker at (\S+), agent (\d+)/.exec(told) ?? [];
    const [, tokenFile = ""] = /\$\(cat (\S+operator-token)\)/.exec(told) ?? [];

    expect((await start("--once", "--port", "0", "--fault", "not-found")).code).toBe(0);
    const authorization = `Bearer ${await readFile(tokenFile, "utf8")}`;
    expect(await fetch(`${url}/v1/jobs`, { headers: { authorization } })).toMatchObject({
      status: 200,
    });

    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(existsSync(dirname(tokenFile))).toBe(false);
    expect(isAlive(Number(agent))).toBe(false);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow("fetch failed");
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // ESRCH: there is no such process any more.
    return false;
  }
}
