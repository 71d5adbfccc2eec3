// The Worker as the one module that workerd runs.
import { build } from "esbuild";

/** The module's text, as it is deployed. */
export async function bundleWorker(): Promise<string> {
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

/** Made for this module: plain workerd's configuration, and the page's files. */
export const CONFIGURATION = "deploy/workerd/backon.capnp";
export const PAGE = "src/web/public";
