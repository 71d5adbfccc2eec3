// The Worker as the one module that workerd runs.
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The module's text, as it is deployed. */
export async function bundleWorker(entry = "src/index.ts"): Promise<string> {
  // Not there where the Worker comes built.
  const { build } = await import("esbuild");
  const built = await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
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
  if (output === undefined) throw new Error(`esbuild wrote no file for ${entry}`);
  return output.text;
}

/** Made for this module: plain workerd's configuration, and the page's files. */
export const CONFIGURATION = `${ROOT}deploy/workerd/backon.capnp`;
export const PAGE = `${ROOT}src/web/public`;
