// `diagnose` as one file: on the Node that the project brings and on the machine's own.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ownNode } from "./support/own-node.ts";
import { findTool } from "./support/tools.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "backon-bundle-"));
  const file = join(folder, "diagnose.cjs");
  const ran = await run([process.execPath, "scripts/bundle.ts", "diagnose", file], root);
  expect(ran).toMatchObject({ code: 0, err: "" });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Ran = { readonly code: number; readonly out: string; readonly err: string };

/** In a folder without any package; no name resolves, so nothing is reached. */
function run([command = "", ...args]: readonly string[], cwd = folder): Promise<Ran> {
  const env = { PATH: process.env["PATH"] ?? "", DNS_SERVERS: "127.0.0.1:9" };
  return new Promise((resolve) => {
    const child = execFile(command, args, { cwd, env, timeout: 20_000 }, (_error, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

describe.each([
  ["the Node of the project", process.execPath],
  ["the machine's own Node", ownNode()],
])("on %s", (_which, node) => {
  test("it measures, names the cause and exits 1", async () => {
    const { code, out, err } = await run([node, "diagnose.cjs", "docker.io"]);

    expect(out).toContain("dns-failure: ");
    expect(err).toMatch(/^Measuring registry-1\.docker\.io, .*\n$/);
    expect(code).toBe(1);
  });

  test("--json is one object", async () => {
    const { out, err } = await run([node, "diagnose.cjs", "--json"]);

    expect(JSON.parse(out)).toMatchObject({ verdict: "dns-failure" });
    expect(err).toBe("");
  });

  test("help is shown, and what is no registry is refused with 64", async () => {
    expect(await run([node, "diagnose.cjs", "--help"])).toMatchObject({ code: 0, err: "" });
    expect(await run([node, "diagnose.cjs", "http://x"])).toMatchObject({ code: 64, out: "" });
  });
});

const unshare = findTool("unshare");
test.skipIf(unshare.skip)(
  `without any network it says so, in under 15 seconds${unshare.note}`,
  async () => {
    const startedAt = performance.now();
    const alone = [unshare.path ?? "", "--user", "--map-root-user", "--net"];

    const { code, out } = await run([...alone, process.execPath, "diagnose.cjs"]);

    expect(out).toContain("This machine has no way to the Internet over IPv4 or IPv6");
    expect(code).toBe(1);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  },
);
