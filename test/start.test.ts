// `npm start` as a person meets it: the words after it, its exit codes, what it leaves behind.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { STORIES } from "../sim/stories.ts";

type Ended = { readonly code: number; readonly out: string; readonly err: string };

function start(...words: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, ["scripts/start.ts", ...words], (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err });
    });
  });
}

describe("npm start", () => {
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
    expect(err).toContain("--fault NAME");
  });

  it("says in a sentence that its port is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const { code, err } = await start("--once", "--port", String(port));
    server.close();
    expect(code).toBe(1);
    expect(err).toBe(
      `Port ${port} is taken on this machine. Choose another: npm start -- --port 0\n`,
    );
  });

  it("ended while it stays up leaves neither agent nor Worker behind", async () => {
    const child = spawn(
      process.execPath,
      ["scripts/start.ts", "--port", "0", "--fault", "not-found"],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    let told = "";
    child.stdout.on("data", (chunk: Buffer) => (told += chunk.toString()));
    while (!told.includes("Everything stays up")) await once(child.stdout, "data");
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
    const [, url = "", agent = ""] = /Worker at (\S+), agent (\d+)/.exec(told) ?? [];
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
