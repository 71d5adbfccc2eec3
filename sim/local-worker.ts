// The real Worker in workerd on this machine, with its storage on disk.
import { build } from "esbuild";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";

export type LocalWorker = {
  readonly url: string;
  readonly tokenKey: string;
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
};

/** The Worker as one module, as it is deployed. */
async function bundleWorker(): Promise<string> {
  const built = await build({
    entryPoints: ["src/index.ts"],
    bundle: true,
    write: false,
    format: "esm",
    jsx: "automatic",
    jsxImportSource: "hono/jsx",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:workers", "node:*"],
    logLevel: "silent",
  });
  const [output] = built.outputFiles;
  if (output === undefined) throw new Error("esbuild wrote no file for src/index.ts");
  return output.text;
}

/** Port 0 takes any free port. Fails with a sentence if the port is taken. */
export async function startLocalWorker(options: LocalWorkerOptions): Promise<LocalWorker> {
  const wanted = convertV4MiniflareOptions({
    host: "127.0.0.1",
    port: options.port,
    modules: true,
    script: await bundleWorker(),
    compatibilityDate: "2026-10-01",
    cf: false,
    bindings: {
      TOKEN_KEY: options.tokenKey,
      CLUSTERS: options.clusters ?? "home",
      ...options.variables,
    },
    assets: {
      directory: "src/web/public",
      binding: "ASSETS",
      routerConfig: { has_user_worker: true, invoke_user_worker_ahead_of_assets: true },
    },
    durableObjects: { QUEUE: { className: "ClusterQueue", useSQLite: true } },
    resourcePersistencePath: options.storage,
  });
  const miniflare = new Miniflare(wanted);
  const url = await miniflare.ready;
  return {
    url: url.origin,
    tokenKey: options.tokenKey,
    stop: () => miniflare.dispose(),
  };
}
