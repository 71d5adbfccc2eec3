// The Worker where developers run it, Miniflare (`wrangler dev`), beside plain workerd, as people host it
// themselves: the same calls get the same answers.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startLocalWorker } from "../sim/local-worker.ts";
import { bundleWorker, PAGE } from "../sim/worker-bundle.ts";
import { mintToken } from "../src/http/tokens.ts";

const TOKEN_KEY = "a-key-for-two-ways-to-run-a-worker";
const cleanups: (() => unknown)[] = [];
const origins: string[] = [];

beforeAll(async () => {
  const plain = await startLocalWorker({ port: 0, storage: aFolder(), tokenKey: TOKEN_KEY });
  cleanups.push(() => plain.stop());
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port: 0,
      modules: true,
      script: await bundleWorker(),
      compatibilityDate: compatibilityDate(),
      cf: false,
      bindings: { TOKEN_KEY, CLUSTERS: "home" },
      assets: {
        directory: PAGE,
        binding: "ASSETS",
        routerConfig: { has_user_worker: true, invoke_user_worker_ahead_of_assets: true },
      },
      durableObjects: { QUEUE: { className: "ClusterQueue", useSQLite: true } },
      resourcePersistencePath: aFolder(),
    }),
  );
  cleanups.push(() => miniflare.dispose());
  origins.push((await miniflare.ready).origin, plain.url);
});

afterAll(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "backon-two-workers-"));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function compatibilityDate(): string {
  return /compatibility_date = "([^"]+)"/.exec(readFileSync("wrangler.toml", "utf8"))?.[1] ?? "";
}

const asOperator = async (): Promise<Record<string, string>> => {
  const wanted = { key: TOKEN_KEY, role: "operator", cluster: "home", sub: "anna" } as const;
  return { authorization: `Bearer ${(await mintToken({ ...wanted, now: Date.now() })).token}` };
};
const asked = { "content-type": "application/json" };

test.each([
  ["GET", "/healthz", 200, false],
  ["GET", "/sign-in", 200, false],
  ["GET", "/app.css", 200, false],
  ["GET", "/app.js", 200, false],
  ["GET", "/nowhere", 404, false],
  ["POST", "/v1/jobs", 401, false],
  ["POST", "/v1/jobs", 202, true],
  ["GET", "/v1/status?cluster=home", 200, true],
  ["GET", "/v1/jobs?cluster=home", 200, true],
] as const)("%s %s is %i in both", async (method, path, status, signedIn) => {
  const headers = { ...asked, ...(signedIn ? await asOperator() : {}) };
  const body = method === "POST" ? { body: JSON.stringify({ kind: "diagnose" }) } : {};

  const answers = await Promise.all(
    origins.map(async (origin) => {
      const reply = await fetch(`${origin}${path}`, { method, headers, ...body });
      await reply.arrayBuffer();
      return [reply.status, reply.headers.get("content-type")];
    }),
  );

  expect(answers[0]?.[0]).toBe(status);
  expect(answers[1]).toEqual(answers[0]);
});
