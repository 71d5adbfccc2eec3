// The Worker as the one module that workerd runs.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** In this file, this text, which is there once, becomes that one: how tests plant mistakes. */
export type Mistake = { readonly file: string; readonly text: string; readonly becomes: string };

/** The module's text, as it is deployed unless something is changed. */
export async function bundleWorker(
  entry = "src/index.ts",
  mistakes: readonly Mistake[] = [],
): Promise<string> {
  // Not there where the Worker comes built.
  const { build } = await import("esbuild");
  const built = await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    plugins: mistakes.map(planted),
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

function planted({ file, text, becomes }: Mistake): Plugin {
  return {
    name: `a mistake in ${file}`,
    setup(bundling) {
      bundling.onLoad({ filter: /\.tsx?$/ }, async ({ path }) => {
        if (!path.endsWith(`/${file}`)) return undefined;
        const before = await readFile(path, "utf8");
        if (before.split(text).length !== 2)
          throw new Error(`${file} does not hold this text once: ${text}`);
        const contents = before.replace(text, () => becomes);
        return { contents, loader: path.endsWith("x") ? "tsx" : "ts" };
      });
    },
  };
}

/** Made for this module: plain workerd's configuration, and the page's files. */
export const CONFIGURATION = `${ROOT}deploy/workerd/backon.capnp`;
export const PAGE = `${ROOT}src/web/public`;
